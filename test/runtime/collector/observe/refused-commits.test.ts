import { describe, expect } from 'vitest';
import { readSeat } from '../../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../../src/domain/time.ts';
import type { Registry } from '../../../../src/ports/registry.ts';
import {
  type CollectorProcess,
  type FleetInMemory,
  slotAt,
} from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

const seatOf = (fleet: FleetInMemory) =>
  readSeat(fleet.world.leases.after(0, (subject) => subject === 'seat.1')[0]?.text);

const logged = ({ process }: CollectorProcess) =>
  process.logged.filter(({ event }) => event.startsWith('commits-'));

/** A collector and a killed agent, in a store that refuses all commits of the collector until `accept` is called. */
async function refuseCommits(fleet: FleetInMemory) {
  const process = fleet.process('c1');
  const registry: { commit: Registry['commit'] } = process.ports.registry;
  const accepted = registry.commit.bind(registry);
  const seated = fleet.collector('c1', process);
  const agent = fleet.agent('h1/a', ['web/1']);
  const { directory } = fleet.directory({ seatsEvery: 100 });
  await directory.ready;
  await fleet.advance(seconds(10));
  const why = 'atomic publish too many inflight';
  registry.commit = () => Promise.resolve({ outcome: 'unavailable', why });
  await fleet.kill(agent.process);
  const accept = () => {
    registry.commit = accepted;
  };
  return { seated, directory, why, accept };
}

describe('a collector whose commits the store refuses, while it renews its seat', () => {
  scenario('is no observer for consumers, says why in its seat and its log', async (fleet) => {
    const { seated, directory, why } = await refuseCommits(fleet);
    await fleet.advance(2 * fleet.lease.ttl + seconds(3));
    expect(seatOf(fleet)).toMatchObject({
      host: 'c1',
      judges: false,
      why: expect.stringContaining(why),
    });
    expect(directory.observed).toBe(false);
    expect(directory.instances('web')[0]).toMatchObject({ state: 'dubious', reason: 'unobserved' });
    expect(logged(seated)).toEqual([
      { event: 'commits-refused', fields: { why: expect.stringContaining(why) } },
    ]);
    expect(seated.collector.state).toBe('watching');
  });

  scenario('collects as soon as they are accepted, and observes again', async (fleet) => {
    const { seated, directory, accept } = await refuseCommits(fleet);
    const { ttl, grace } = fleet.lease;
    await fleet.advance(2 * ttl + seconds(3));
    accept();
    await fleet.advance(grace + ttl);
    expect(fleet.record('h1/a').kind).toBe('absent');
    expect(seatOf(fleet)).toMatchObject({ judges: true });
    expect(directory.observed).toBe(true);
    expect(logged(seated).map(({ event }) => event)).toEqual([
      'commits-refused',
      'commits-accepted',
    ]);
  });

  scenario('observes again when there is nothing to write any more', async (fleet) => {
    const { directory } = await refuseCommits(fleet);
    await fleet.advance(2 * fleet.lease.ttl + seconds(3));
    expect(directory.observed).toBe(false);
    // The agent comes back, in the same slot; the collector has nothing to write.
    fleet.agent('h1/a', ['web/1']);
    await fleet.advance(3 * fleet.lease.ttl + seconds(15));
    expect(directory.observed).toBe(true);
  });
});

scenario(
  'an agent whose commits the store refuses logs why, and when they are accepted',
  async (fleet) => {
    const process = fleet.process('h1', { slot: slotAt('h1/a') });
    const registry: { commit: Registry['commit'] } = process.ports.registry;
    const accepted = registry.commit.bind(registry);
    const why = 'maximum bytes exceeded';
    registry.commit = () => Promise.resolve({ outcome: 'unavailable', why });
    const { agent } = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(fleet.lease.ttl);
    const logged = () => process.logged.filter(({ event }) => event.startsWith('commits-'));
    expect(logged()).toEqual([
      { event: 'commits-refused', fields: { why: expect.stringContaining(why) } },
    ]);
    registry.commit = accepted;
    await fleet.advance(seconds(10));
    expect(agent.state).toBe('serving');
    expect(logged()[1]).toEqual({ event: 'commits-accepted', fields: {} });
  },
);
