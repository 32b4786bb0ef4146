import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { isAlive } from '../cli/support/demo-story.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { startEveryProcess } from './support/every-process.ts';

const stateHome = await mkdtemp(join(tmpdir(), 'rollcall-frozen-'));
afterAll(() => rm(stateHome, { recursive: true, force: true, maxRetries: 20 }));

test('a server that is frozen for longer than ttl and grace ends no process and no run', async () => {
  await using server = await startTestServer();
  const way = { flags: ['--servers', server.url], options: { servers: server.url }, stateHome };
  await using all = await startEveryProcess(way);
  await all.collector.line(({ type }) => type === 'sighted');
  await until('it is observed', () => all.directory.observed);
  const runs = all.runs();
  server.freeze();
  await pause(9000);
  expect(all.runs()).toEqual(runs);
  expect(all.directory.age).toBeGreaterThan(5000);
  expect(all.directory.observedAge).toBeGreaterThan(5000);
  expect((await all.mark()).storeAwaySince).not.toBeNull();
  // It does not see, and has no seat any more.
  expect(all.collector.lines.at(-1)).toMatchObject({ type: 'unseated' });
  server.thaw();
  await until('the instances are live', () => all.states().every((state) => state === 'live'));
  await until('it is observed again', () => all.directory.observed);
  await until(
    'the dashboard has its store',
    async () => (await all.mark()).storeAwaySince === null,
  );
  await pause(4000);
  expect(all.runs()).toEqual(runs);
  expect([all.agent, all.run, all.collector, all.ui].map(({ pid }) => isAlive(pid))).toEqual(
    Array(4).fill(true),
  );
  expect(isAlive(all.child)).toBe(true);
}, 120_000);
