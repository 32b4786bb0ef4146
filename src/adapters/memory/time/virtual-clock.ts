import { nextTick } from 'node:process';
import type { Millis, MonotonicTime, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { TimerHeap } from './timer-heap.ts';

/**
 * Rounds up to 1/1024 ms. Sums and differences of such times are rounded, so no sleeper waits for a
 * remainder that is too small to change a time.
 */
const roundUp = (time: MonotonicTime): MonotonicTime => Math.ceil(time * 1024) / 1024;

/**
 * A clock that a test advances, from deadline to deadline.
 *
 * Sleepers are woken in the order of their deadlines, ties in the order in which they began to sleep.
 * Each does all work that needs no time before the next one is woken. So the same program gives the
 * same history every time, and an hour without work costs nothing.
 */
export class VirtualClock implements Clock {
  #now: MonotonicTime = 0;
  #wallAtZero: WallTime;
  readonly #sleepers = new TimerHeap();
  #settled = 0;

  constructor(wall: WallTime = Date.UTC(2026, 0, 1)) {
    this.#wallAtZero = wall;
  }

  /** Whole milliseconds, like the real clock. */
  wall(): WallTime {
    return Math.floor(this.#wallAtZero + this.#now);
  }

  monotonic(): MonotonicTime {
    return this.#now;
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    const rounded = roundUp(this.#now + Math.max(0, duration));
    // A remainder lost by rounding must pass too, else the sleeper would wait for ever.
    const due = duration > 0 && rounded === this.#now ? this.#now + 1 / 1024 : rounded;
    return new Promise((resolve) => this.#sleepers.add(due, resolve, signal));
  }

  /** Advances by `duration` and runs everything that is due in it, including its last moment. */
  async advance(duration: Millis): Promise<void> {
    const until = roundUp(this.#now + duration);
    await this.settle();
    for (let due = this.#sleepers.nextDue; due <= until; due = this.#sleepers.nextDue) {
      this.#now = due;
      this.#sleepers.wakeNext();
      await this.settle();
    }
    this.#now = until;
  }

  /** Moves only the wall clock: an adjusted clock, or a machine that slept. */
  jumpWall(by: Millis): void {
    this.#wallAtZero += by;
  }

  /**
   * Runs everything that needs no time.
   *
   * Node runs the next tick after all promises that can settle have settled, so one tick is enough,
   * provided that nothing waits for the operating system. Code on this clock must not. A turn of the
   * event loop would do too, but asks the operating system for news each time: a third of the time of
   * a simulation. It comes seldom, so that time-outs and messages of the test runner still arrive.
   */
  settle(): Promise<void> {
    this.#settled += 1;
    const isTurn = this.#settled % settledEachTurn === 0;
    if (isTurn) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => queueMicrotask(() => nextTick(resolve)));
  }
}

const settledEachTurn = 256;
