import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDirectory, startAgent, startCollector } from '../../../src/index.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-library-'));
});
afterAll(() => rm(stateDir, { recursive: true, maxRetries: 20 }));

it('a directory picks the nearest, the labelled and the less loaded instances, and returns complete sets', async () => {
  const at = { servers: world.server.url, namespace: 'consume', stateDir };
  await using collector = await startCollector(at);
  await using near = await startAgent({
    ...{ ...at, host: 'h1', name: 'a', zone: 'north', collect: false },
    instances: [{ service: 'web', id: 'w1', port: 80, labels: { version: '2' } }],
  });
  await using far = await startAgent({
    ...{ ...at, host: 'h2', name: 'a', zone: 'south', collect: false },
    instances: [{ service: 'web', id: 'w2', port: 80 }],
  });
  const directory = await openDirectory({ ...at, seatsEvery: '200ms' });
  const events: string[] = [];
  directory.on('unobserved', () => events.push('unobserved'));
  await until('both are live', () => directory.instances('web', { policy: 'strict' }).length > 1);

  const pick = (options: object) => directory.pick('web', options)?.id;
  for (const random of [() => 0, () => 0.99]) {
    expect(pick({ random, near: { host: near.host, zone: 'south' } })).toBe('w1');
    expect(pick({ random, near: { host: 'h9', zone: 'south' } })).toBe('w2');
    expect(pick({ random, labels: { version: '2' } })).toBe('w1');
    expect(pick({ random, load: ({ id }: { id: string }) => (id === 'w1' ? 9 : 1) })).toBe('w2');
  }
  expect(pick({ labels: { version: '3' } })).toBeUndefined();
  expect(() => pick({ lables: {} })).toThrow('pick.lables: unknown key');
  expect(directory.instances('web')[0]?.address).not.toBeNull();

  const sets = directory.watchService('web');
  const idsOf = async () => ((await sets.next()).value ?? []).map(({ id }) => id).toSorted();
  expect(await idsOf()).toEqual(['w1', 'w2']);
  await far.close();
  expect(await idsOf()).toEqual(['w1']);
  await collector.close();
  await until('no collector is active', () => events.length > 0);
  const last = (async () => {
    for await (const _ of sets);
  })();
  await directory.close();
  await last;
  expect([events, collector.state, near.state]).toEqual([['unobserved'], 'stopped', 'serving']);
});
