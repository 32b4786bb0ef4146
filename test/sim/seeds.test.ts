import { describe, expect, test } from 'vitest';
import { keptSeeds } from './kept-seeds.ts';
import { report } from './report.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';

/** In addition to the kept seeds; `npm run sim` runs any number of others. */
const freshSeeds = Array.from({ length: 40 }, (_, n) => 100_001 + n);

describe('a simulated fleet under faults', () => {
  test.each([...keptSeeds.keys(), ...freshSeeds])(
    'breaks no guarantee with seed %i',
    async (seed) => {
      const schedule = drawSchedule(seed);
      const played = await simulate(schedule);
      expect(played.complaints, [...report({ schedule, played })].join('\n')).toEqual([]);
    },
    60_000,
  );

  test('has the same history and trace for the same seed', async () => {
    const [one, other] = [await simulate(drawSchedule(7)), await simulate(drawSchedule(7))];
    expect(one.history.length).toBeGreaterThan(50);
    expect(one.history).toEqual(other.history);
    expect(one.trace).toEqual(other.trace);
  }, 60_000);
});

test('a violation shrinks to the smallest schedule and fleet that still break the guarantee', async () => {
  const { shape, happenings } = drawSchedule(8);
  // A record without an event, planted among the other faults: the audit does not explain it.
  const planted = { after: 10, what: 'unexplained-record', whom: 'h1/a' };
  const schedule = { seed: 8, shape, happenings: happenings.toSpliced(3, 0, planted) };
  const failed = { schedule, played: await simulate(schedule) };
  expect(failed.played.complaints.length).toBeGreaterThan(0);
  const { schedule: shrunk, played } = await shrink(failed, () => false);
  expect(shrunk.happenings.map(({ what }) => what)).toEqual(['unexplained-record', 'peace']);
  expect(shrunk.shape.hosts + shrunk.shape.collectors + shrunk.shape.consumers).toBe(3);
  expect(played.complaints[0]?.guarantee).toBe('the audit explains the registry');
}, 60_000);
