import { describe, expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { FleetInMemory, specOf } from '../support/fleet-in-memory.ts';

/** A fleet whose registry forgets what is done meanwhile. The history has two versions of that part. */
async function forgetting(fleet: FleetInMemory, meanwhile: () => Promise<void>): Promise<void> {
  const { registry } = fleet.world;
  const copy = registry.copy();
  await meanwhile();
  registry.restore(copy);
}

describe('an agent whose registry was put back to an older copy', () => {
  test('registers again what it had registered since', async () => {
    const fleet = new FleetInMemory();
    const { agent, process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    await forgetting(fleet, async () => {
      agent.replace(['web/1', 'web/2'].map(specOf));
      await fleet.advance(seconds(1));
    });
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': agent.run });
    await fleet.advance(2 * fleet.lease.ttl);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': agent.run, 'web/2': agent.run });
    expect(process.logged.map(({ event }) => event)).toContain('registry-lost-writes');
  });

  test('removes again what it had removed since', async () => {
    const fleet = new FleetInMemory();
    const { agent } = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(1));
    await forgetting(fleet, async () => {
      agent.replace([specOf('web/1')]);
      await fleet.advance(seconds(1));
    });
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': agent.run, 'web/2': agent.run });
    await fleet.advance(2 * fleet.lease.ttl);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': agent.run });
  });

  test('continues from an older version of its own record', async () => {
    const fleet = new FleetInMemory();
    fleet.collector('c1');
    const { agent, process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    await forgetting(fleet, async () => {
      // It is suspected, and rewrites its record when it has its lease again.
      process.freeze();
      while (!fleet.phase('h1/a').includes('silent')) await fleet.advance(100);
      process.thaw();
      await fleet.advance(seconds(1));
      expect(fleet.phase('h1/a')).toBe('live');
    });
    agent.replace(['web/1', 'web/2'].map(specOf));
    await fleet.advance(3 * fleet.lease.ttl);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': agent.run, 'web/2': agent.run });
    expect(agent.state).toBe('serving');
  });

  test('starts over if the copy has an earlier run of its slot, and takes the slot again', async () => {
    const fleet = new FleetInMemory();
    const first = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    let second = first;
    await forgetting(fleet, async () => {
      await fleet.kill(first.process);
      second = fleet.agent('h1/a', ['web/1'], { whenExpired: 'start-over' });
      await fleet.advance(seconds(5));
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': second.agent.run });
    });
    const before = second.agent.run;
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': first.agent.run });
    await fleet.advance(4 * fleet.lease.ttl);
    expect(second.ended()).toBeUndefined();
    expect(second.agent.run).not.toBe(before);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': second.agent.run });
  });

  test('starts over if the copy has an earlier run of its own process', async () => {
    const fleet = new FleetInMemory();
    const { agent, ended } = fleet.agent('h1/a', ['web/1'], { whenExpired: 'start-over' });
    await fleet.advance(seconds(1));
    const first = agent.run;
    const copy = fleet.world.registry.copy();
    fleet.byHand('agent.h1.a', undefined);
    await fleet.advance(2 * fleet.lease.ttl);
    expect(agent.run).not.toBe(first);
    fleet.world.registry.restore(copy);
    await fleet.advance(2 * fleet.lease.ttl);
    expect(ended()).toBeUndefined();
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': agent.run });
    expect(agent.state).toBe('serving');
  });

  test('reads one more record per ttl, and lists nothing while the registry is as it was', async () => {
    const fleet = new FleetInMemory();
    const { process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    const before = process.line.requests;
    await fleet.advance(10 * fleet.lease.ttl);
    const renewals = 10 * 3.4;
    expect(process.line.requests - before).toBeLessThanOrEqual(renewals + 2 * 10);
  });
});
