import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type AgentProcess, type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { recordedFacts } from '../support/recorded-facts.ts';
import { scenario } from '../support/scenario.ts';

/** Renewals fail until the returned function is called. */
function refuseRenewals({ process: { ports } }: AgentProcess): () => void {
  const { renew } = ports.leases;
  const fail = async () => {
    throw new Fault('store-unavailable', 'no answer');
  };
  Object.assign(ports.leases, { renew: fail });
  return () => void Object.assign(ports.leases, { renew });
}

/** The answers to commits are delayed until the returned function is called. */
function holdCommits({ process: { ports } }: AgentProcess): () => void {
  const { commit } = ports.registry;
  const { promise, resolve } = Promise.withResolvers<void>();
  Object.assign(ports.registry, {
    commit: async (...args: Parameters<typeof commit>) => {
      const outcome = await commit(...args);
      await promise;
      return outcome;
    },
  });
  return () => {
    Object.assign(ports.registry, { commit });
    resolve();
  };
}

async function expectBack(fleet: FleetInMemory, a: AgentProcess, run: string) {
  await fleet.advance(seconds(2));
  expect(a.agent.state).toBe('serving');
  expect(fleet.leaseStands('h1/a', run)).toBe(true);
  await fleet.advance(seconds(60));
  expect([a.agent.run, a.agent.state, fleet.phase('h1/a')]).toEqual([run, 'serving', 'live']);
  expect(fleet.leaseStands('h1/a', run)).toBe(true);
}

describe('a run that comes back', () => {
  scenario('counts a refutation if it was suspected, and none if it had lapsed', async (fleet) => {
    const process = fleet.process('h1', { slot: slotAt('h1/a') });
    const { metrics, facts } = recordedFacts();
    Object.assign(process.ports, { metrics });
    const a = fleet.agent('h1/a', ['web/1'], { process });
    const refutations = () => facts.filter(([fact]) => fact === 'refuted').length;
    await fleet.advance(seconds(3));
    const { run } = a.agent;
    a.process.line.down = true;
    await fleet.advance(fleet.lease.ttl + seconds(1));
    expect(a.agent.state).toBe('lapsed');
    a.process.line.down = false;
    await expectBack(fleet, a, run);
    expect(refutations()).toBe(0);
    fleet.collector('c1');
    await fleet.advance(seconds(3));
    a.process.freeze();
    while (fleet.phase('h1/a') === 'live') await fleet.advance(10);
    a.process.thaw();
    await expectBack(fleet, a, run);
    expect(refutations()).toBe(1);
  });

  scenario(
    'is not serving if its lease lapses again before its record is rewritten',
    async (fleet) => {
      fleet.collector('c1');
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(3));
      const { run } = a.agent;
      a.process.line.down = true;
      await fleet.advance(fleet.lease.ttl + seconds(1));
      a.process.line.down = false;
      const renewAgain = refuseRenewals(a);
      const answer = holdCommits(a);
      await fleet.advance(fleet.lease.ttl + seconds(2));
      expect(a.agent.state).toBe('lapsed');
      answer();
      await fleet.clock.settle();
      renewAgain();
      await expectBack(fleet, a, run);
    },
  );

  scenario(
    'does not serve again because of an earlier refutation that is still pending',
    async (fleet) => {
      fleet.collector('c1');
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(3));
      const { run } = a.agent;
      const answer = holdCommits(a);
      a.process.freeze();
      while (fleet.phase('h1/a') === 'live') await fleet.advance(10);
      const renewAgain = refuseRenewals(a);
      a.process.thaw();
      await fleet.advance(fleet.lease.ttl + seconds(1));
      expect(a.agent.state).toBe('lapsed');
      answer();
      await fleet.clock.settle();
      renewAgain();
      await expectBack(fleet, a, run);
    },
  );

  scenario('serves again although its wall clock is changed meanwhile', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(3));
    const { run } = a.agent;
    a.process.line.down = true;
    await fleet.advance(fleet.lease.ttl + seconds(1));
    const { registry } = a.process.ports;
    const { read } = registry;
    Object.assign(registry, {
      read: (...args: Parameters<typeof read>) => {
        Object.assign(registry, { read });
        a.process.clock.setWall(seconds(3600));
        return read(...args);
      },
    });
    a.process.line.down = false;
    await expectBack(fleet, a, run);
  });
});
