import { describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

/** Long enough that no run expires while a loaded machine starts a process: the test is about the takeover. */
const patient = ['--ttl', '15s', '--grace', '30s'];

describe('an agent that is killed', () => {
  it('makes its instances dubious; then they and its record are removed, and no other record changes', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const dead = await fleet.serving('h1', 'a', [
      { service: 'web', id: 'w1' },
      { service: 'web', id: 'w2' },
    ]);
    await fleet.bystander('h1', 'b', [{ service: 'web', id: 'w3' }]);
    await fleet.bystander('h2', 'a', [{ service: 'web', id: 'w4' }]);
    const before = await fleet.records();

    dead.process.kill('SIGKILL');
    await until('w1 is dubious', () => fleet.row('web', 'w1')?.state === 'dubious');
    expect(['silent', 'unreachable']).toContain(fleet.row('web', 'w1')?.reason);
    expect(fleet.row('web', 'w3')?.state).toBe('live');
    const others = ['agent.h1.b', 'agent.h2.a', 'instance.h1.b.web.w3', 'instance.h2.a.web.w4'];
    await fleet.standing(...others);

    const after = await fleet.records();
    for (const key of others) expect(after.get(key), key).toEqual(before.get(key));
    const history = await fleet.history();
    const of = (entity: string) =>
      history.filter((e) => e.of.run === dead.run && e.of.entity === entity);
    expect(of('run').map((e) => e.event.type)).toEqual([
      'started',
      'announced',
      'suspected',
      'expired',
      'removed',
    ]);
    const removals = of('instance').filter((e) => e.event.type === 'removed');
    expect(removals.map((e) => e.event['why'])).toEqual(['owner-expired', 'owner-expired']);
    const gone = of('run').at(-1)?.origin ?? 0;
    const expired = of('run').find((e) => e.event.type === 'expired')?.origin ?? 0;
    for (const removal of removals) expect(removal.origin).toBeGreaterThan(expired);
    expect(gone).toBeGreaterThan(expired);
    expect(removals.every((e) => e.actor.agent === 'collector')).toBe(true);
  });

  it('and restarted by its supervisor adopts its instances, which are never removed', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const specs = [
      { service: 'web', id: 'w1' },
      { service: 'web', id: 'w2' },
    ];
    const first = await fleet.serving('h1', 'a', specs, patient);
    first.process.kill('SIGKILL');
    await first.process.exited;
    const second = await fleet.serving('h1', 'a', specs, patient);

    await fleet.standing('agent.h1.a', 'instance.h1.a.web.w1', 'instance.h1.a.web.w2');
    expect(fleet.told.filter(({ now }) => now === undefined)).toEqual([]);
    const history = await fleet.history();
    const taken = history.find((e) => e.of.run === second.run && e.event.type === 'started');
    expect(taken?.evidence).toEqual({ taken: 'process-gone' });
    const ends = history.filter((e) => e.of.run === first.run && e.of.entity === 'instance');
    expect(ends.filter((e) => e.event.type === 'adopted')).toHaveLength(2);
    expect(history.filter((e) => e.event.type === 'removed')).toEqual([]);
  });

  it('and restarted with fewer instances removes those that are no longer listed', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const first = await fleet.serving(
      'h1',
      'a',
      [
        { service: 'web', id: 'w1' },
        { service: 'web', id: 'w2' },
      ],
      patient,
    );
    first.process.kill('SIGKILL');
    await first.process.exited;
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w2' }], patient);
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.w2');
    const removed = (await fleet.history()).filter((e) => e.event.type === 'removed');
    expect(removed.map((e) => [e.of.entity === 'instance' && e.of.id, e.event['why']])).toEqual([
      ['w1', 'deregistered'],
    ]);
  });
});
