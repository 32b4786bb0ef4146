import type { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';
import type { Instant, Millis, Monotonic } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Gate } from './gate.ts';

/** The clocks of one process: nothing that slept wakes while the process is frozen. */
export class ProcessClock implements Clock {
  readonly #shared: VirtualClock;
  readonly #gate: Gate;
  #skew: Millis = 0;
  #stopped: Millis = 0;

  constructor(shared: VirtualClock, gate: Gate) {
    this.#shared = shared;
    this.#gate = gate;
  }

  wall(): Instant {
    return this.#shared.wall() + this.#skew;
  }

  monotonic(): Monotonic {
    return this.#shared.monotonic() - this.#stopped;
  }

  async sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    await this.#shared.sleep(duration, signal);
    await this.#gate.opened();
  }

  /** Somebody sets this machine's wall clock. */
  setWall(by: Millis): void {
    this.#skew += by;
  }

  /** The machine was suspended for so long, and its monotonic clock did not count it. */
  standStill(duration: Millis): void {
    this.#stopped += duration;
  }
}
