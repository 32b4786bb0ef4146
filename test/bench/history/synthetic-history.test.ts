import { expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { history } from '../../../tools/bench/history/synthetic-history.ts';
import { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import { verdictOn } from '../../runtime/support/record-verdict.ts';

/** Few agents, so that they die and restart within a short history. */
const size = { agents: 10, instances: 3 };

test.each([1, 7, 400])(
  'a generated history of %i changes per commit is accepted by a store and has no divergence',
  async (together) => {
    const fleet = new FleetInMemory();
    const { registry } = memoryStore(fleet.world);
    let events = 0;
    const after = fleet.world.registry.lastSeq;
    for (const commit of history(2000, { ...size, after, together })) {
      expect(await registry.commit(commit)).toMatchObject({ outcome: 'committed' });
      events += commit.events.length;
      expect(commit.events.at(-1)?.origin).toBe(fleet.world.registry.lastSeq);
    }
    expect(events).toBeGreaterThanOrEqual(2000);
    const verdict = await verdictOn(fleet);
    expect({ divergences: verdict.divergences, events: verdict.events }).toEqual({
      divergences: [],
      events,
    });
  },
);

test('many changes go into one commit, and no commit has a key twice', () => {
  const commits = [...history(2000, { agents: 500, together: 100 })];
  const mean = commits.reduce((sum, { writes }) => sum + writes.length, 0) / commits.length;
  expect(mean).toBeGreaterThan(20);
  for (const { writes } of commits) {
    expect(writes.length).toBeLessThanOrEqual(100);
    expect(new Set(writes.map(({ key }) => key)).size).toBe(writes.length);
  }
});

test('the same seed gives the same history, and another seed a different one', () => {
  const texts = (seed: number) =>
    [...history(200, { ...size, seed })].flatMap(({ events }) => events.map(({ text }) => text));
  expect(texts(1)).toEqual(texts(1));
  expect(texts(2)).not.toEqual(texts(1));
});
