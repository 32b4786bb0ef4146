import { type Millis, type MonotonicTime, seconds } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** The next seat in rank takes over after it has seen no progress for this long, on its own clock. */
export const takeoverDelay: Millis = seconds(5);

/**
 * Decides which seat acts, so that collectors do not all work on the same run (G7).
 *
 * The first in rank acts immediately, each next one when it has seen no progress for another 5 s on
 * its own clock. It is an optimization, not a lock: two seats that act at the same time cost a
 * refused batch.
 */
export class SeatPriority {
  readonly #seat: number;
  readonly #clock: Clock;
  readonly #waiting = new Map<
    string,
    { readonly progress: string; readonly since: MonotonicTime; queriedAt: MonotonicTime }
  >();
  #activeSeats: readonly number[] = [];

  constructor(seat: number, clock: Clock) {
    this.#seat = seat;
    this.#clock = clock;
  }

  /** Sets the seats that other collectors hold. */
  setActiveSeats(seats: readonly number[]): void {
    this.#activeSeats = seats;
  }

  /** Whether this seat does the work that one seat does for all: it has the lowest number. */
  get isLeader(): boolean {
    return !this.#activeSeats.some((seat) => seat < this.#seat);
  }

  /**
   * Whether this seat should work on `id` now. `progress`: a text that changes when another seat
   * works on it.
   */
  shouldAct(id: string, progress: string): boolean {
    const rank = rendezvousRank(id, this.#seat, this.#activeSeats);
    if (rank === 0) return true;
    const now = this.#clock.monotonic();
    const known = this.#waiting.get(id);
    if (known?.progress !== progress) {
      this.#waiting.set(id, { progress, since: now, queriedAt: now });
      return false;
    }
    known.queriedAt = now;
    return now - known.since >= rank * takeoverDelay;
  }

  /** There is no work on this id any more. */
  clear(id: string): void {
    this.#waiting.delete(id);
  }

  /** Forgets ids not queried for `unused` ms: another seat did the work, and they are gone. */
  forget(unused: Millis): void {
    const before = this.#clock.monotonic() - unused;
    for (const [id, { queriedAt }] of this.#waiting)
      if (queriedAt < before) this.#waiting.delete(id);
  }
}

/**
 * The rank of a seat for a run: 0 acts immediately, 1 takes over after it, and so on. Rendezvous
 * hashing: seats that know the same seats get the same order, and a seat that leaves moves only its
 * own runs.
 */
export function rendezvousRank(run: string, seat: number, activeSeats: Iterable<number>): number {
  const own = weight(run, seat);
  let rank = 0;
  for (const other of activeSeats) {
    if (other === seat) continue;
    const theirs = weight(run, other);
    if (theirs > own || (theirs === own && other < seat)) rank += 1;
  }
  return rank;
}

/** FNV-1a over the run id and the seat number, mixed once more. It only has to be even. */
function weight(run: string, seat: number): number {
  let hash = 0x811c9dc5;
  for (const char of `${run}.${seat}`) {
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
