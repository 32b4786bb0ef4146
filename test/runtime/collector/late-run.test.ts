import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { lateAfter } from '../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../src/domain/time.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';
import { watched } from './support/watched-run.ts';

describe('a run that is only slow', () => {
  scenario('is not suspected while it answers and has its lease', async (fleet) => {
    const { a } = await watched(fleet);
    const renew = a.process.ports.leases.renew;
    let skip = 2;
    Object.assign(a.process.ports.leases, {
      renew: (...args: Parameters<typeof renew>) => {
        skip -= 1;
        return skip >= 0 ? new Promise(() => {}) : renew(...args);
      },
    });
    await fleet.advance(lateAfter(fleet.lease) + seconds(1));
    expect(fleet.phase('h1/a')).toBe('live');
  });

  scenario('is not suspected if it is frozen for less than its ttl', async (fleet) => {
    const { a } = await watched(fleet);
    const before = fleet.record('h1/a').revision;
    a.process.freeze();
    await fleet.advance(fleet.lease.ttl - fleet.lease.ttl / 3 - 200);
    a.process.thaw();
    await fleet.advance(seconds(30));
    expect(fleet.record('h1/a').revision).toBe(before);
    expect(a.agent.state).toBe('serving');
  });

  scenario(
    'refutes by itself and keeps its records if it is frozen for less than its grace',
    async (fleet) => {
      const { a } = await watched(fleet);
      const { run } = a.agent;
      const web = fleet.instance('h1/a', 'web/1');
      a.process.freeze();
      await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
      await fleet.advance(fleet.lease.grace - seconds(1));
      a.process.thaw();
      await fleet.advance(seconds(1));
      expect([a.agent.run, a.agent.state, fleet.phase('h1/a')]).toEqual([run, 'serving', 'live']);
      await fleet.advance(seconds(60));
      expect(fleet.instance('h1/a', 'web/1')).toEqual(web);
      expect(fleet.audit.story({ run, entity: 'run' })).toEqual([
        'started',
        'announced',
        'suspected',
        'regranted',
      ]);
    },
  );

  scenario('is suspect if it cannot renew, and is not expired while it answers', async (fleet) => {
    const { a } = await watched(fleet);
    const { run } = a.agent;
    const { leases } = a.process.ports;
    const { renew, create } = leases;
    const hang = () => new Promise<never>(() => {});
    Object.assign(leases, { renew: hang, create: hang });
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    await fleet.advance(3 * fleet.lease.grace);
    expect(fleet.phase('h1/a')).toBe('live, silent');
    expect(a.agent.run).toBe(run);
    Object.assign(leases, { renew, create });
  });
});

describe('a run that is late', () => {
  scenario('and reconnects within a second is not suspected', async (fleet) => {
    const { a } = await watched(fleet);
    const subject = `h1.a.${a.agent.run}`;
    const { subscriptions } = fleet.world;
    const [listening] = subscriptions.on(subject);
    if (!listening) throw new Error('no run listens');
    const renewedAt = fleet.world.leases.lastSeq;
    await until(fleet, () => fleet.world.leases.lastSeq > renewedAt + 2);
    const { renew } = a.process.ports.leases;
    const late = async () => {
      throw new Fault('store-unavailable', 'no answer');
    };
    Object.assign(a.process.ports.leases, { renew: late });
    subscriptions.remove(subject, listening);
    await fleet.advance(lateAfter(fleet.lease) + 300);
    subscriptions.add(subject, listening);
    await fleet.advance(seconds(1.5));
    Object.assign(a.process.ports.leases, { renew });
    await fleet.advance(seconds(5));
    expect(fleet.audit.story({ run: a.agent.run, entity: 'run' })).toEqual([
      'started',
      'announced',
    ]);
  });
});
