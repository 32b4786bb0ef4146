import type { Millis, MonotonicTime, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/**
 * The clock of the server. It shares the passing of time with the clients, but its wall clock is its own: a
 * test can set it ({@link MemoryServer.setClock}).
 */
export class ServerClock implements Clock {
  readonly #shared: Clock;
  #skew: Millis = 0;

  constructor(shared: Clock) {
    this.#shared = shared;
  }

  wall(): WallTime {
    return Math.floor(this.#shared.wall() + this.#skew);
  }

  monotonic(): MonotonicTime {
    return this.#shared.monotonic();
  }

  sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    return this.#shared.sleep(duration, signal);
  }

  /** Sets the wall clock forward, or back if `by` is negative. */
  setWall(by: Millis): void {
    this.#skew += by;
  }
}
