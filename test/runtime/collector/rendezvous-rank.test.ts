import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rendezvousRank } from '../../../src/runtime/collector/seat-priority.ts';

/** In the form of run ids: 26 characters, with a common prefix for runs that start together. */
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

test('the ranks do not depend on the order of the seats, or on whether a seat counts itself', () => {
  fc.assert(
    fc.property(anyRun, anySeats, (run, seats) => {
      const [seat = 0, ...others] = seats;
      const rank = rendezvousRank(run, seat, seats);
      expect(rendezvousRank(run, seat, others)).toBe(rank);
      expect(rendezvousRank(run, seat, new Set([...seats].reverse()))).toBe(rank);
    }),
  );
});

test('a seat that knows no other seat acts immediately', () => {
  expect(rendezvousRank('run00001', 3, [])).toBe(0);
});

describe.each([2, 3, 5, 16])('a group of %i seats', (count) => {
  const seats = seatsOf(count);

  test('each seat is first for its share of the runs, within a fifth', () => {
    const shares = Map.groupBy(runs, (run) => firstOf(run, seats));
    for (const seat of seats) {
      const share = (shares.get(seat)?.length ?? 0) / (runs.length / count);
      expect(share).toBeGreaterThan(0.8);
      expect(share).toBeLessThan(1.2);
    }
  });

  test('a seat that ends moves only its own runs, to all the others', () => {
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
