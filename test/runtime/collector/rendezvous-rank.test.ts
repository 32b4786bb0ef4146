import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rendezvousRank } from '../../../src/runtime/collector/seat-priority.ts';

/** As run ids are: 26 characters, the first of them the same for all that start together. */
const runs = Array.from(
  { length: 6000 },
  (_, n) => `01k9z${(n * 7919).toString(36).padStart(21, '0')}`,
);
const seatsOf = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const firstOf = (run: string, seats: readonly number[]) =>
  seats.find((seat) => rendezvousRank(run, seat, seats) === 0);

const anySeats = fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { minLength: 1 });
const anyRun = fc.stringMatching(/^[0-9a-z]{8,26}$/);

test('the seats of one run are ranked from 0 on, without a gap or a tie', () => {
  fc.assert(
    fc.property(anyRun, anySeats, (run, seats) => {
      const ranks = seats.map((seat) => rendezvousRank(run, seat, seats)).sort((a, b) => a - b);
      expect(ranks).toEqual(seats.map((_, n) => n));
    }),
  );
});

test('in whatever order they are known, and whether or not a seat counts itself', () => {
  fc.assert(
    fc.property(anyRun, anySeats, (run, seats) => {
      const [seat = 0, ...others] = seats;
      const rank = rendezvousRank(run, seat, seats);
      expect(rendezvousRank(run, seat, others)).toBe(rank);
      expect(rendezvousRank(run, seat, new Set([...seats].reverse()))).toBe(rank);
    }),
  );
});

test('one that knows of nobody else acts at once', () => {
  expect(rendezvousRank('run00001', 3, [])).toBe(0);
});

describe.each([2, 3, 5, 16])('of %i seats', (count) => {
  const seats = seatsOf(count);

  test('each is the first for its share of the runs, within a fifth', () => {
    const shares = Map.groupBy(runs, (run) => firstOf(run, seats));
    for (const seat of seats) {
      const share = (shares.get(seat)?.length ?? 0) / (runs.length / count);
      expect(share).toBeGreaterThan(0.8);
      expect(share).toBeLessThan(1.2);
    }
  });

  test('one that goes moves only its own runs, and those to all the others', () => {
    const gone = seats[0];
    const left = seats.slice(1);
    const moved = runs.filter((run) => firstOf(run, seats) !== firstOf(run, left));
    expect(moved).toEqual(runs.filter((run) => firstOf(run, seats) === gone));
    const heirs = Map.groupBy(moved, (run) => firstOf(run, left));
    expect([...heirs.keys()].sort()).toEqual([...left].sort());
    for (const inherited of heirs.values()) {
      expect(inherited.length).toBeGreaterThan((0.6 * moved.length) / left.length);
    }
  });
});
