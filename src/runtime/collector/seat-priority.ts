import { rendezvousRank, takeoverDelay } from '../../domain/collection/rendezvous-rank.ts';
import type { Millis, MonotonicTime } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * Which of the seats acts, so that one death does not have every collector at it (G7).
 *
 * The first in rank acts at once, each next one when it has seen no progress for another 5 s on its own
 * clock. It is a courtesy, not a claim: two that act at once cost a refused batch, nothing more.
 */
export class SeatPriority {
  readonly #seat: number;
  readonly #clock: Clock;
  readonly #waiting = new Map<
    string,
    { readonly progress: string; readonly since: MonotonicTime; asked: MonotonicTime }
  >();
  #held: readonly number[] = [];

  constructor(seat: number, clock: Clock) {
    this.#seat = seat;
    this.#clock = clock;
  }

  /** Says who sits, itself aside. */
  setActiveSeats(seats: readonly number[]): void {
    this.#held = seats;
  }

  /** Whether this seat does what is to be done once and for all of them. */
  get isLeader(): boolean {
    return !this.#held.some((seat) => seat < this.#seat);
  }

  /** Whether it is this seat's turn: `progress` is whatever changes when somebody works on it. */
  shouldAct(what: string, progress: string): boolean {
    const rank = rendezvousRank(what, this.#seat, this.#held);
    if (rank === 0) return true;
    const now = this.#clock.monotonic();
    const known = this.#waiting.get(what);
    if (known?.progress !== progress) {
      this.#waiting.set(what, { progress, since: now, asked: now });
      return false;
    }
    known.asked = now;
    return now - known.since >= rank * takeoverDelay;
  }

  /** Nothing is to be done there any more. */
  clear(what: string): void {
    this.#waiting.delete(what);
  }

  /** Forgets what nobody has asked for so long: another seat has done it, and it is gone. */
  forget(unasked: Millis): void {
    const before = this.#clock.monotonic() - unasked;
    for (const [what, { asked }] of this.#waiting) if (asked < before) this.#waiting.delete(what);
  }
}
