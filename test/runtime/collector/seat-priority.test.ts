import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import {
  rendezvousRank,
  SeatPriority,
  takeoverDelay,
} from '../../../src/runtime/collector/seat-priority.ts';

const seats = [1, 2, 3];
const run = 'run00001';
/** The seats, the first in rank first. */
const ranked = [...seats].sort(
  (a, b) => rendezvousRank(run, a, seats) - rendezvousRank(run, b, seats),
);

function given(rank: number, activeSeats: readonly number[] = seats) {
  const clock = new VirtualClock();
  const turns = new SeatPriority(ranked[rank] ?? 0, clock);
  turns.setActiveSeats(activeSeats);
  return { clock, turns };
}

/** The time until it is the turn of this seat, checked every 100 ms. */
async function waited({ clock, turns }: ReturnType<typeof given>, progress = '1'): Promise<number> {
  const from = clock.monotonic();
  while (!turns.shouldAct(run, progress)) {
    if (clock.monotonic() - from > 60_000) throw new Error('never');
    await clock.advance(100);
  }
  return clock.monotonic() - from;
}

describe('a seat that waits for higher-ranked seats', () => {
  test.each([0, 1, 2])(
    'acts at rank %i after that many times 5 s without progress',
    async (rank) => {
      expect(await waited(given(rank))).toBe(rank * takeoverDelay);
    },
  );

  test('makes the next in rank wait below 5 s, and not at 5 s', async () => {
    const { clock, turns } = given(1);
    expect(turns.shouldAct(run, '1')).toBe(false);
    await clock.advance(takeoverDelay - 1);
    expect(turns.shouldAct(run, '1')).toBe(false);
    await clock.advance(1);
    expect(turns.shouldAct(run, '1')).toBe(true);
  });

  test('starts its wait again at each progress', async () => {
    const { clock, turns } = given(1);
    for (const progress of ['1', '2', '3', '4']) {
      expect(turns.shouldAct(run, progress)).toBe(false);
      await clock.advance(takeoverDelay - 1);
    }
    expect(turns.shouldAct(run, '4')).toBe(false);
    await clock.advance(1);
    expect(turns.shouldAct(run, '4')).toBe(true);
  });

  test('acts until the work progresses, once it has begun to act for them', async () => {
    const { clock, turns } = given(1);
    await waited({ clock, turns });
    await clock.advance(100);
    expect(turns.shouldAct(run, '1')).toBe(true);
    expect(turns.shouldAct(run, '2')).toBe(false);
  });

  test('waits again after the work is done', async () => {
    const { clock, turns } = given(1);
    await waited({ clock, turns });
    turns.clear(run);
    expect(turns.shouldAct(run, '1')).toBe(false);
  });

  test('waits separately for each run', async () => {
    const { clock, turns } = given(1);
    await waited({ clock, turns });
    const others = Array.from({ length: 50 }, (_, n) => `other${n}`);
    const mine = others.filter((other) => turns.shouldAct(other, '1'));
    expect(mine).toEqual(
      others.filter((other) => rendezvousRank(other, ranked[1] ?? 0, seats) === 0),
    );
  });
});

test('moves up when a seat before it is given up', () => {
  const { turns } = given(1);
  expect(turns.shouldAct(run, '1')).toBe(false);
  turns.setActiveSeats(ranked.slice(1));
  expect(turns.shouldAct(run, '1')).toBe(true);
});

test('is the only one that acts among those that see the same seats', () => {
  const all = seats.map((seat) => {
    const turns = new SeatPriority(seat, new VirtualClock());
    turns.setActiveSeats(seats);
    return turns;
  });
  for (let n = 0; n < 200; n += 1) {
    expect(all.filter((turns) => turns.shouldAct(`run${n}`, '1'))).toHaveLength(1);
  }
});

test.each([
  [1, [1, 2, 3], true],
  [2, [1, 2, 3], false],
  [2, [2, 3], true],
  [3, [], true],
  [3, [7], true],
] as const)('seat %i of %j leads: %s', (seat, activeSeats, leads) => {
  const turns = new SeatPriority(seat, new VirtualClock());
  turns.setActiveSeats(activeSeats);
  expect(turns.isLeader).toBe(leads);
});

test('forgets subjects that are no longer queried, and keeps the others', async () => {
  const { clock, turns } = given(1);
  await waited({ clock, turns });
  turns.forget(0);
  expect(turns.shouldAct(run, '1')).toBe(true);
  await clock.advance(1000);
  turns.forget(1000);
  expect(turns.shouldAct(run, '1')).toBe(true);
  await clock.advance(1001);
  turns.forget(1000);
  expect(turns.shouldAct(run, '1')).toBe(false);
});
