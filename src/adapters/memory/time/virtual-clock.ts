import type { Millis, MonotonicTime, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { TimerHeap } from './timer-heap.ts';

/**
 * The next whole 1024th of a millisecond: so sums and differences of times have no rounding, and nobody
 * waits for a rest that is too small to make a difference.
 */
const exactly = (time: MonotonicTime): MonotonicTime => Math.ceil(time * 1024) / 1024;

/**
 * Time that passes when it is told to, from deadline to deadline.
 *
 * Those who sleep are woken in the order of their deadlines, ties in the order in which they lay
 * down, and each may do all that it can do without time before the next is woken. So the same program
 * gives the same history every time, and an hour costs as much as there is to do in it.
 */
export class VirtualClock implements Clock {
  #now: MonotonicTime = 0;
  #wallAtZero: WallTime;
  readonly #sleepers = new TimerHeap();

  constructor(wall: WallTime = Date.UTC(2026, 0, 1)) {
    this.#wallAtZero = wall;
  }

  /** Whole milliseconds, like the real one, however time is cut. */
  wall(): WallTime {
    return Math.floor(this.#wallAtZero + this.#now);
  }

  monotonic(): MonotonicTime {
    return this.#now;
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    const exact = exactly(this.#now + Math.max(0, duration));
    // A rest that rounding left must pass too: who waits for it would wait for ever.
    const due = duration > 0 && exact === this.#now ? this.#now + 1 / 1024 : exact;
    return new Promise((resolve) => this.#sleepers.add(due, resolve, signal));
  }

  /** Lets `duration` pass, and everything happen that falls due in it, its last moment included. */
  async advance(duration: Millis): Promise<void> {
    const until = exactly(this.#now + duration);
    await this.settle();
    for (let due = this.#sleepers.nextDue; due <= until; due = this.#sleepers.nextDue) {
      this.#now = due;
      this.#sleepers.wakeNext();
      await this.settle();
    }
    this.#now = until;
  }

  /** Moves the wall clock alone: an adjusted clock, or a machine that slept. */
  jumpWall(by: Millis): void {
    this.#wallAtZero += by;
  }

  /**
   * Lets everything happen that needs no time.
   *
   * Promises settle among themselves before the event loop turns, so one turn is enough, provided
   * that nobody waits for the operating system: nothing driven by this clock may.
   */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}
