import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

describe('a second agent on one host', () => {
  it('with another name is not affected when the first one leaves', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const one = await fleet.serving('h1', 'one', [{ service: 'web', id: 'w1' }]);
    await fleet.bystander('h1', 'two', [{ service: 'web', id: 'w2' }]);
    const before = await fleet.records();
    one.process.kill('SIGTERM');
    expect(await one.process.exited).toBe(0);
    await fleet.standing('agent.h1.two', 'instance.h1.two.web.w2');
    const after = await fleet.records();
    for (const [key, entry] of after) expect(entry).toEqual(before.get(key));
  });

  it('with the same name is refused with a clear error, and the first is not affected', async () => {
    await using fleet = await world.fleet();
    const first = await fleet.bystander('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const before = await fleet.records();
    const second = await fleet.agent('h1', 'a', [{ service: 'web', id: 'w2' }]);
    expect(await second.exited).toBe(1);
    expect(second.stderr).toContain(first.run);
    expect(second.stderr).toContain('--takeover');
    expect(await fleet.records()).toEqual(before);
    expect(first.process.lines.filter((line) => line['type'] === 'ended')).toEqual([]);
  });

  it('with the same name on a machine restored from a snapshot is refused while its twin lives', async () => {
    await using fleet = await world.fleet();
    // As the restored machine sees it: the record names its own boot and pid namespace, and a process that
    // does not exist there any more. The process runs on the original machine.
    const { pid } = spawnSync('true');
    const twin = fleet.gated({
      ...{ role: 'agent', host: 'h1', name: 'a', instances: [{ service: 'web', id: 'w1' }], pid },
    });
    const { run } = await twin.ready;
    const before = await fleet.records();
    const restored = await fleet.agent('h1', 'a', [{ service: 'web', id: 'w2' }]);
    expect(await restored.exited).toBe(1);
    expect(restored.stderr).toContain(run);
    expect(await fleet.records()).toEqual(before);
  });

  it('with the same name and --takeover makes the first stop with an error and write no more', async () => {
    await using fleet = await world.fleet();
    const first = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const second = await fleet.serving(
      'h1',
      'a',
      [
        { service: 'web', id: 'w1' },
        { service: 'web', id: 'w2' },
      ],
      ['--takeover'],
    );
    expect(await first.process.exited).toBe(1);
    expect(first.process.stderr).toContain('another run took h1/a');
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.w1', 'instance.h1.a.web.w2');
    await until('the new run owns both', () =>
      fleet.directory.instances('web').every((row) => row.run === second.run),
    );
    const history = await fleet.history();
    const end = history.find((e) => e.of.run === first.run && e.event.type === 'superseded');
    expect(end?.actor.run).toBe(second.run);
    const late = history.filter(
      (e) =>
        e.actor.run === first.run && e.of.entity !== 'session' && e.origin > (end?.origin ?? 0),
    );
    expect(late).toEqual([]);
  });
});

describe('the same service/id from another host', () => {
  it('is never live twice: the latest registration wins, and the other is contested', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    // It must not expire while a busy machine starts the other agent.
    const slowly = ['--ttl', '5s', '--grace', '10s'];
    const old = await fleet.serving('old-host', 'a', [{ service: 'web', id: 'w' }], slowly);
    await until('w is live', () => fleet.row('web', 'w')?.state === 'live');
    old.process.kill('SIGSTOP');
    const seen: string[] = [];
    const fresh = await fleet.bystander('new-host', 'a', [{ service: 'web', id: 'w' }]);
    await until('one is left', () => {
      const live = fleet.directory.instances('web').filter((row) => row.state === 'live');
      seen.push(live.map((row) => row.host).join('+'));
      return fleet.directory.instances('web').length === 1;
    });
    expect(new Set(seen)).toEqual(new Set(['new-host']));
    const contested = fleet.told.filter(({ now }) => now?.reason === 'contested');
    expect(contested.map(({ now }) => now?.run)).toContain(old.run);
    const winner = fleet.row('web', 'w');
    expect(winner?.run).toBe(fresh.run);
    const tokens = fleet.told.flatMap(({ now }) => (now?.state === 'live' ? [now.token] : []));
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
  });
});
