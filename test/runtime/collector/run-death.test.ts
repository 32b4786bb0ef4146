import { describe, expect } from 'vitest';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';
import { watched } from './support/watched-run.ts';

describe('a run whose process is killed', () => {
  scenario('is suspect as soon as its renewal is late and it does not answer', async (fleet) => {
    const { a } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable', seconds(4));
  });

  scenario('is expired when its grace has passed, and not before', async (fleet) => {
    const { a } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    const duration = await until(fleet, () => fleet.phase('h1/a') !== 'live, unreachable');
    expect(duration).toBeGreaterThanOrEqual(fleet.lease.grace);
    expect(duration).toBeLessThan(fleet.lease.grace + seconds(1.5));
  });

  scenario(
    'loses its instances and its record, and no other record is removed (G1)',
    async (fleet) => {
      const { a, b } = await watched(fleet);
      const untouched = [fleet.record('h1/b'), fleet.instance('h1/b', 'web/3')];
      await fleet.kill(a.process);
      await fleet.advance(fleet.lease.ttl + fleet.lease.grace + seconds(3));
      expect(fleet.record('h1/a').kind).toBe('absent');
      expect(fleet.instances('h1/a')).toEqual({});
      expect(fleet.audit.story({ run: a.agent.run, entity: 'run' })).toEqual([
        'started',
        'announced',
        'suspected',
        'expired',
        'removed',
      ]);
      expect([fleet.record('h1/b'), fleet.instance('h1/b', 'web/3')]).toEqual(untouched);
      expect(b.agent.state).toBe('serving');
    },
  );

  scenario(
    'is removed with a thousand instances in the smallest number of batches, its record in the last (G7)',
    async (fleet) => {
      const names = Array.from({ length: 1000 }, (_, n) => `web/${n}`);
      const { a, c } = await watched(fleet, names);
      await fleet.kill(a.process);
      await until(fleet, () => fleet.record('h1/a').kind === 'absent');
      expect(fleet.instances('h1/a')).toEqual({});
      const sizes = c.process.commits.map(({ commit }) => commit.writes.length);
      expect(sizes).toEqual([1, 1, 450, 450, 101]);
      expect(c.process.commits.every(({ outcome }) => outcome === 'committed')).toBe(true);
    },
  );

  scenario('is collected as usual if it was registering', async (fleet) => {
    await watched(fleet);
    const process = fleet.process('h2');
    process.line.fate = (n) => {
      if (n > 8) void fleet.kill(process);
      return 'fine';
    };
    // More than fit into the commit that takes the slot.
    const names = Array.from({ length: 1000 }, (_, i) => `web/${i}`);
    fleet.agent('h2/a', names, { process });
    await fleet.advance(seconds(1));
    expect(fleet.phase('h2/a')).toBe('registering');
    await until(fleet, () => fleet.record('h2/a').kind === 'absent');
    expect(fleet.instances('h2/a')).toEqual({});
  });

  scenario('is collected as usual if it was leaving', async (fleet) => {
    await watched(fleet);
    const l = fleet.agent('h2/a', ['web/9'], { drainFor: seconds(5) });
    await fleet.advance(seconds(1));
    void l.agent.stop();
    await fleet.advance(seconds(1));
    expect(fleet.phase('h2/a')).toBe('leaving');
    await fleet.kill(l.process);
    await until(fleet, () => fleet.record('h2/a').kind === 'absent');
    expect(fleet.instances('h2/a')).toEqual({});
  });
});

describe('a run that loses its power', () => {
  scenario('is suspect for silence when its ttl has passed, and not before', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.vanish();
    const duration = await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    expect(duration).toBeGreaterThan(fleet.lease.ttl - fleet.lease.ttl / 3 - seconds(0.5));
    expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(false);
    expect(duration).toBeLessThan(fleet.lease.ttl + seconds(0.5));
    const grace = await until(fleet, () => fleet.phase('h1/a') !== 'live, silent');
    expect(grace).toBeGreaterThanOrEqual(fleet.lease.grace);
    await until(fleet, () => fleet.record('h1/a').kind === 'absent', seconds(2));
  });
});

describe('a run that has its lease', () => {
  scenario(
    'is neither suspected nor expired by a collector that does not see its renewals (G6)',
    async (fleet) => {
      const { a, c } = await watched(fleet);
      const { leases } = c.process.ports;
      const { watch } = leases;
      const key = leaseKey({ ...slotAt('h1/a'), run: a.agent.run });
      Object.assign(leases, {
        async *watch(...args: Parameters<typeof watch>) {
          for await (const feed of watch(...args)) {
            if (!('entries' in feed)) yield feed;
            else yield { ...feed, entries: feed.entries.filter((entry) => entry.key !== key) };
          }
        },
      });
      c.process.freeze(); // It loses its seat, and starts again with the watch that misses one run.
      await fleet.advance(2 * fleet.lease.ttl);
      c.process.thaw();
      await fleet.advance(seconds(120));
      expect(c.collector.state).toBe('watching');
      expect(fleet.audit.story({ run: a.agent.run, entity: 'run' })).toEqual([
        'started',
        'announced',
      ]);
    },
  );

  scenario('is not expired, although it can neither answer nor refute (G6)', async (fleet) => {
    const { a } = await watched(fleet);
    const { run } = a.agent;
    a.process.freeze();
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    const { registry } = a.process.ports;
    Object.assign(registry, { read: () => new Promise(() => {}) });
    for (const listening of fleet.world.subscriptions.on(`h1.a.${run}`)) {
      fleet.world.subscriptions.remove(`h1.a.${run}`, listening);
    }
    a.process.thaw();
    await fleet.advance(5 * fleet.lease.grace);
    expect(fleet.leaseStands('h1/a', run)).toBe(true);
    expect(fleet.phase('h1/a')).toBe('live, silent');
  });
});

describe('while no collector watches', () => {
  scenario('no run is expired, and all are unobserved', async (fleet) => {
    const { a, c } = await watched(fleet);
    const { directory } = fleet.directory();
    await fleet.kill(c.process);
    await fleet.kill(a.process);
    await fleet.advance(seconds(600));
    expect(fleet.phase('h1/a')).toBe('live');
    const reasons = directory.instances().map(({ reason }) => reason);
    expect(reasons).toEqual(['unobserved', 'unobserved', 'unobserved']);
  });

  scenario('a dead run is kept, and a collector finds it a year later (G5)', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    await fleet.kill(a.process);
    await fleet.advance(seconds(365 * 86_400));
    fleet.collector('h9');
    await until(
      fleet,
      () => fleet.record('h1/a').kind === 'absent',
      fleet.lease.ttl + fleet.lease.grace + seconds(5),
    );
    expect(fleet.instances('h1/a')).toEqual({});
  });
});
