import { appendFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { InstanceRef } from '../../../src/domain/identity/names.ts';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

const put = async (fleet: TestFleet, key: string, text: string): Promise<void> => {
  const { revision: expected } = await fleet.store.registry.read(key);
  const writes = [{ key, expectedRevision: expected, text }];
  const { outcome } = await fleet.store.registry.commit({ writes, events: [] });
  expect(outcome, key).toBe('committed');
};

describe('agents and instances', () => {
  const hostile = {
    'dots and spaces': 'db 1.example.com',
    unicode: 'hôte-☃-日本-🚀',
    subjects: '*.>$KV=41',
    markup: '<script>alert(1)</script>',
    'one kilobyte': 'k'.repeat(1024),
  };
  it.each(Object.entries(hostile))(
    'with a name %s are registered, visible and collected',
    async (_, name) => {
      await using fleet = await world.fleet();
      await fleet.collector();
      const agent = await fleet.serving(name, 'a', [{ service: name, id: 'i' }]);
      await until('it is live', () => fleet.row(name, 'i')?.state === 'live');
      expect(fleet.row(name, 'i')?.host).toBe(name);
      agent.process.kill('SIGKILL');
      await fleet.standing();
      expect((await fleet.history()).some((e) => 'host' in e.of && e.of.host === name)).toBe(true);
    },
  );
});

describe('unreadable records', () => {
  it('are named by doctor and left alone, while collection and watches continue', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const live = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const dead = await fleet.serving('h2', 'a', [{ service: 'web', id: 'w2' }]);
    const record = JSON.parse((await fleet.records()).get('instance.h1.a.web.w1')?.text ?? '');
    const bad = {
      'instance.h1.a.web.not-json': 'this is { not JSON',
      'instance.h1.a.web.version': JSON.stringify({ ...record, v: 99, id: 'version' }),
      'instance.h1.a.web.owner': JSON.stringify({ ...record, host: 'h9', id: 'owner' }),
      'instance.h2.a.web.empty': '',
      'agent.h3.a': 'null',
      'no.such.kind': '{}',
      'agent.h4': '{}',
    };
    for (const [key, text] of Object.entries(bad)) await put(fleet, key, text);
    dead.process.kill('SIGKILL');

    const left = ['agent.h1.a', 'instance.h1.a.web.w1', ...Object.keys(bad)];
    // `records` reads agents and instances; what is neither is read by its key below.
    await fleet.standing(...left.filter((key) => /^(agent|instance)\./.test(key)));
    expect((await fleet.store.registry.read('no.such.kind')).text).toBe('{}');
    expect(fleet.row('web', 'w1')?.state).toBe('live');
    expect(live.process.lines.filter((line) => line['to'] === 'fenced')).toEqual([]);

    const doctor = fleet.start(['doctor']);
    expect(await doctor.exited).toBe(1);
    const findings = JSON.stringify(doctor.lines);
    for (const key of Object.keys(bad)) expect(findings).toContain(key);
    await fleet.serving('h5', 'a', [{ service: 'web', id: 'w5' }]);
    await until('a newcomer is seen', () => fleet.row('web', 'w5')?.state === 'live');
  });

  it('of an agent make its instances dubious until a new run takes the slot', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    await put(fleet, 'agent.h1.a', 'garbage');
    await until('w1 is unobserved', () =>
      fleet.told.some(({ now }) => now?.id === 'w1' && now.reason === 'unobserved'),
    );
    const again = await agent.process.line(
      (line) => line['to'] === 'serving' && line['run'] !== agent.run,
    );
    await until('w1 is live', () => fleet.row('web', 'w1')?.run === again['run']);
  });
});

describe('an instances file with errors', () => {
  it('is reported with line and rule, and the old instances remain', async () => {
    await using fleet = await world.fleet();
    const file = await fleet.instancesFile([{ service: 'web', id: 'w1' }]);
    const identity = ['--host', 'h1', '--name', 'a', '--instances', file];
    const agent = fleet.start(['agent', ...identity, '--ttl', '2s', '--grace', '1s']);
    await agent.ready;
    await writeFile(
      file,
      'instances:\n  - service: web\n    id: w1\n  - service: web\n    port: 70000\n',
    );
    await until('the error is said', () => agent.stderr.includes('port'));
    expect(agent.stderr).toMatch(/:5\b|line 5/);
    const keys = [
      agentKey(slot),
      instanceKey({ ...slot, service: 'web', id: 'w1' } as InstanceRef),
    ];
    expect(await fleet.keys()).toEqual(keys);
    await writeFile(file, 'instances:\n  - service: web\n    id: w2\n');
    await appendFile(file, '');
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.w2');
  });
});

const slot = { host: 'h1', agent: 'a' } as InstanceRef;
