import { describe, expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

describe('an agent that starts on a machine restored from a snapshot, where the process of the holder is gone', () => {
  const startOnRestored = (fleet: FleetInMemory) => {
    const process = fleet.process('h1');
    Object.assign(process.ports, { processes: { isGone: () => true } });
    return fleet.agent('h1/a', ['web/2'], { process });
  };

  scenario('is refused if the holder answers from the original machine', async (fleet) => {
    const twin = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const revision = fleet.record('h1/a').revision;
    const restored = startOnRestored(fleet);
    await fleet.advance(seconds(60));
    expect(restored.ended()).toMatchObject({ code: 'slot-held' });
    expect(twin.agent.state).toBe('serving');
    expect(fleet.record('h1/a').revision).toBe(revision);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': twin.agent.run });
  });

  scenario('waits for the lease of a holder that is frozen', async (fleet) => {
    const twin = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    twin.process.freeze();
    const restored = startOnRestored(fleet);
    await fleet.advance(fleet.lease.ttl / 2);
    expect(fleet.holder('h1/a')).toBe(twin.agent.run);
    await fleet.advance(fleet.lease.ttl);
    expect(fleet.holder('h1/a')).toBe(restored.agent.run);
  });

  scenario('takes the slot of a frozen holder as soon as it is killed', async (fleet) => {
    const twin = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    twin.process.freeze();
    const restored = startOnRestored(fleet);
    await fleet.advance(seconds(1));
    await fleet.kill(twin.process);
    await fleet.advance(seconds(2));
    expect(fleet.leaseStands('h1/a', twin.agent.run)).toBe(true);
    expect(fleet.holder('h1/a')).toBe(restored.agent.run);
  });
});
