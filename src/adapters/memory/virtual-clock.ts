import type { Instant, Millis, Monotonic } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

interface Sleeper {
  readonly due: Monotonic;
  wake(): void;
}

/**
 * The next whole 1024th of a millisecond: so sums and differences of times have no rounding, and nobody
 * waits for a rest that is too small to make a difference.
 */
const exactly = (time: Monotonic): Monotonic => Math.ceil(time * 1024) / 1024;

/**
 * Time that passes when it is told to, from deadline to deadline.
 *
 * Those who sleep are woken in the order of their deadlines, ties in the order in which they lay
 * down, and each may do all that it can do without time before the next is woken. So the same program
 * gives the same history every time, and an hour costs as much as there is to do in it.
 */
export class VirtualClock implements Clock {
  #now: Monotonic = 0;
  #wallAtZero: Instant;
  /** In the order in which they are to be woken. */
  readonly #sleepers: Sleeper[] = [];

  constructor(wall: Instant = Date.UTC(2026, 0, 1)) {
    this.#wallAtZero = wall;
  }

  /** Whole milliseconds, like the real one, however time is cut. */
  wall(): Instant {
    return Math.floor(this.#wallAtZero + this.#now);
  }

  monotonic(): Monotonic {
    return this.#now;
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        resolve();
      };
      const sleeper = { due: exactly(this.#now + Math.max(0, duration)), wake };
      signal?.addEventListener('abort', wake, { once: true });
      const before = this.#sleepers.findLastIndex(({ due }) => due <= sleeper.due);
      this.#sleepers.splice(before + 1, 0, sleeper);
    });
  }

  /** Lets `duration` pass, and everything happen that falls due in it, its last moment included. */
  async advance(duration: Millis): Promise<void> {
    const until = exactly(this.#now + duration);
    await this.settle();
    for (let next = this.#sleepers[0]; next && next.due <= until; next = this.#sleepers[0]) {
      this.#now = next.due;
      next.wake();
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
