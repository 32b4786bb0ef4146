import { describe, expect, test } from 'vitest';
import { keptSeeds } from './kept-seeds.ts';
import { report } from './report.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

/** Beside these, `npm run sim` plays as many as one likes. */
const freshSeeds = Array.from({ length: 40 }, (_, n) => 100_001 + n);

describe('whatever happens to a fleet, no promise is broken', () => {
  test.each([...keptSeeds.keys(), ...freshSeeds])(
    'seed %i',
    async (seed) => {
      const schedule = drawSchedule(seed);
      const played = await simulate(schedule);
      expect(played.complaints, [...report({ schedule, played })].join('\n')).toEqual([]);
    },
    60_000,
  );

  test('the same seed gives the same history, and the same trace', async () => {
    const [one, other] = [await simulate(drawSchedule(7)), await simulate(drawSchedule(7))];
    expect(one.history.length).toBeGreaterThan(50);
    expect(one.history).toEqual(other.history);
    expect(one.trace).toEqual(other.trace);
  }, 60_000);
});

test('a violation shrinks to what is needed for it, and the fleet with it', async () => {
  const { shape, happenings } = drawSchedule(8);
  // Nobody is told of it, so the audit does not explain it: planted amid all the rest.
  const planted = { after: 10, what: 'unexplained-record', whom: 'h1/a' };
  const schedule = { seed: 8, shape, happenings: happenings.toSpliced(3, 0, planted) };
  const failed = { schedule, played: await simulate(schedule) };
  expect(failed.played.complaints.length).toBeGreaterThan(0);
  const { schedule: shrunk, played } = await shrink(failed, () => false);
  expect(shrunk.happenings.map(({ what }) => what)).toEqual(['unexplained-record', 'peace']);
  expect(shrunk.shape.hosts + shrunk.shape.collectors + shrunk.shape.consumers).toBe(3);
  expect(played.complaints[0]?.guarantee).toBe('the audit explains the registry');
}, 60_000);
