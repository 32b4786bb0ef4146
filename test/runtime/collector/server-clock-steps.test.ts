import { describe, expect } from 'vitest';
import { days, hours, seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const evidenceOf = (fleet: FleetInMemory, type: string) =>
  fleet.audit.events.find(({ of, event }) => of.entity === 'run' && event.type === type)?.evidence;

describe('when the clock of the server is set back by an hour', () => {
  scenario('an agent that dies is collected although the server keeps its lease', async (fleet) => {
    fleet.collector('c1');
    const { process, agent } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    const { run } = agent;
    fleet.world.setClock(-hours(1));
    process.vanish();
    const { ttl, grace } = fleet.lease;
    await until(fleet, () => fleet.phase('h1/a') === 'absent', 2 * ttl + grace + seconds(3));
    expect(fleet.leaseStands('h1/a', run)).toBe(true);
    expect(fleet.instances('h1/a')).toEqual({});
    expect(evidenceOf(fleet, 'suspected')).toMatchObject({ lease: 'unmoved' });
    expect(evidenceOf(fleet, 'expired')).toMatchObject({ lease: 'unmoved' });
  });

  scenario('an agent that is frozen is suspect as silent after two ttls', async (fleet) => {
    fleet.collector('c1');
    const { process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    fleet.world.setClock(-hours(1));
    // Its connection stays open, so a request finds a subscriber.
    process.freeze();
    process.connection.become('answering');
    const { ttl } = fleet.lease;
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent', 2 * ttl + seconds(3));
    expect(evidenceOf(fleet, 'suspected')).toMatchObject({ lease: 'unmoved' });
  });

  scenario('an agent that returns after two ttls goes on with its instances', async (fleet) => {
    fleet.collector('c1');
    const { process, agent } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    const { run } = agent;
    fleet.world.setClock(-hours(1));
    process.freeze();
    await until(fleet, () => fleet.phase('h1/a').startsWith('live, '), seconds(30));
    process.thaw();
    await until(fleet, () => fleet.phase('h1/a') === 'live');
    expect(agent.run).toBe(run);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': run });
  });

  scenario(
    'a waiting collector takes the seat of a dead one, and consumers see the gap',
    async (fleet) => {
      const { process } = fleet.collector('c1');
      await fleet.advance(seconds(3));
      const { directory } = fleet.directory({ seatsEvery: seconds(1) });
      fleet.world.setClock(-hours(1));
      process.vanish();
      await until(fleet, () => !directory.observed, 2 * fleet.lease.ttl + seconds(2));
      // Three seats, and the first of them is held by nobody: one of three collectors needs it.
      for (const name of ['c2', 'c3', 'c4']) fleet.collector(name);
      await until(fleet, () => directory.observed, seconds(2));
      await fleet.advance(3 * fleet.lease.ttl);
      const seats = fleet.world.leases.after(0, (key) => key.startsWith('seat.'));
      const ages = seats.map(({ writtenAt }) => fleet.clock.monotonic() - writtenAt);
      expect(ages).toHaveLength(3);
      expect(Math.max(...ages)).toBeLessThan(fleet.lease.ttl);
    },
  );

  scenario('a new agent takes the slot of a frozen one after two ttls', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    fleet.world.setClock(-hours(1));
    first.process.freeze();
    first.process.connection.become('answering');
    const second = fleet.agent('h1/a', ['web/1']);
    const { ttl } = fleet.lease;
    await until(fleet, () => second.agent.state === 'serving', 2 * ttl + seconds(5));
    const started = fleet.audit.events.filter(({ event }) => event.type === 'started').at(-1);
    expect(started?.evidence).toMatchObject({ taken: 'lease-unmoved' });
  });

  scenario('instances of a dead owner that no slot names are removed', async (fleet) => {
    fleet.collector('c1');
    const { process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    fleet.world.setClock(-hours(1));
    process.vanish();
    fleet.byHand('agent.h1.a', undefined);
    const { ttl, grace } = fleet.lease;
    await fleet.advance(2 * ttl + grace + seconds(5));
    expect(fleet.instances('h1/a')).toEqual({});
  });
});

describe('a live fleet', () => {
  for (const by of [-days(1), -hours(1), -seconds(3), seconds(3), hours(1), days(1)]) {
    scenario(
      `loses no instance and is not suspect when the clock of the server is set by ${by / 1000} s`,
      async (fleet) => {
        fleet.collector('c1');
        fleet.collector('c2');
        const { agent } = fleet.agent('h1/a', ['web/1']);
        await fleet.advance(seconds(10));
        const { run } = agent;
        const before = fleet.instance('h1/a', 'web/1');
        for (let n = 0; n < 3; n += 1) {
          fleet.world.setClock(by);
          await fleet.advance(seconds(25));
        }
        expect(agent.run).toBe(run);
        expect(agent.state).toBe('serving');
        expect(fleet.phase('h1/a')).toBe('live');
        expect(fleet.instance('h1/a', 'web/1')).toEqual(before);
        const types = fleet.audit.story({ entity: 'run' });
        expect(types.filter((type) => ['suspected', 'expired'].includes(type))).toEqual([]);
        expect(fleet.leaseStands('h1/a', run)).toBe(true);
      },
    );
  }
});
