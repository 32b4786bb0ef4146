import { describe, expect, test } from 'vitest';
import { minutes, seconds } from '../../../src/domain/time.ts';
import type { Directory } from '../../../src/runtime/directory/directory.ts';
import { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const usable = (directory: Directory, policy: 'prefer-live' | 'strict' | 'any' = 'prefer-live') =>
  directory
    .usable('web', policy)
    .map(({ id, reason }) => `${id} ${reason}`)
    .sort();

describe('a directory that keeps the last instances (G13)', () => {
  scenario(
    'returns all instances that were collected one after the other, each for its time',
    async (fleet) => {
      fleet.collector('c1');
      await fleet.advance(seconds(1));
      const { directory } = fleet.directory({ keepLast: minutes(10) });
      const agents = ['h1/a', 'h2/a', 'h3/a'].map((place, n) => fleet.agent(place, [`web/${n}`]));
      await fleet.advance(seconds(2));
      for (const { process } of agents) {
        await fleet.kill(process);
        await fleet.advance(seconds(4));
      }
      await fleet.advance(minutes(2));
      expect(directory.instances()).toEqual([]);
      const all = ['0 unreachable', '1 unreachable', '2 unreachable'];
      expect(usable(directory)).toEqual(all);
      expect(usable(directory, 'any')).toEqual(all);
      expect(usable(directory, 'strict')).toEqual([]);
      expect(directory.usable(undefined, 'prefer-live').every((row) => row.keptSince)).toBe(true);
      await fleet.advance(minutes(11));
      expect(usable(directory)).toEqual([]);
    },
  );

  scenario('keeps nothing once an instance of the service is registered', async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(1));
    const { directory } = fleet.directory({ keepLast: minutes(10) });
    const one = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    await fleet.kill(one.process);
    await fleet.advance(minutes(1));
    expect(usable(directory)).toEqual(['1 unreachable']);
    const two = fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(1));
    expect(usable(directory)).toEqual(['2 null']);
    await two.agent.stop();
    await fleet.advance(seconds(5));
    expect(usable(directory)).toEqual([]);
  });

  scenario('does not keep instances that left or were deregistered', async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(1));
    const { directory } = fleet.directory({ keepLast: minutes(10) });
    const one = fleet.agent('h1/a', ['web/1']);
    const two = fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(2));
    two.agent.replace([]);
    await fleet.advance(seconds(1));
    await one.agent.stop();
    await fleet.advance(seconds(5));
    expect(directory.instances()).toEqual([]);
    expect(usable(directory)).toEqual([]);
  });

  scenario(
    'keeps instances that were removed while it was disconnected, because it cannot know why',
    async (fleet) => {
      fleet.collector('c1');
      await fleet.advance(seconds(1));
      const { directory, process } = fleet.directory({ keepLast: minutes(10) });
      const one = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(2));
      process.line.down = true;
      await fleet.advance(seconds(5));
      await fleet.kill(one.process);
      await fleet.advance(minutes(1));
      expect(usable(directory)).toEqual(['1 null']);
      process.line.down = false;
      await fleet.advance(seconds(10));
      expect(directory.instances()).toEqual([]);
      expect(usable(directory)).toEqual(['1 unobserved']);
    },
  );

  test('keeps the instances of a store that forgot them', async () => {
    const fleet = new FleetInMemory();
    const { directory, process } = fleet.directory({ keepLast: minutes(10) });
    const empty = fleet.world.registry.copy();
    const one = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    await fleet.kill(one.process);
    process.line.down = true;
    fleet.world.registry.restore(empty);
    await fleet.advance(seconds(5));
    process.line.down = false;
    await fleet.advance(seconds(10));
    expect(directory.instances()).toEqual([]);
    expect(usable(directory)).toHaveLength(1);
  });
});
