import type { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import type { Millis, MonotonicTime, WallTime } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Gate } from './gate.ts';

/** Less than this is a rounding error of the rate. */
const noTime: Millis = 0.01;

/** The clocks of one process: nothing that slept wakes while the process is frozen. */
export class ProcessClock implements Clock {
  /** How fast this machine’s clocks run: 1.0001 is a second too fast in three hours. */
  readonly #rate: number;
  /** Its timers fire late, at whole multiples of this; 0: exactly. */
  readonly #slack: Millis;
  readonly #shared: VirtualClock;
  readonly #gate: Gate;
  #skew: Millis = 0;
  #stopped: Millis = 0;
  #setAt: MonotonicTime = Number.NEGATIVE_INFINITY;

  constructor(shared: VirtualClock, gate: Gate, { rate = 1, slack = 0 }: Timekeeping = {}) {
    this.#shared = shared;
    this.#gate = gate;
    this.#rate = rate;
    this.#slack = slack;
  }

  wall(): WallTime {
    const ahead = this.#shared.monotonic() * (this.#rate - 1);
    return Math.floor(this.#shared.wall() + this.#skew + ahead);
  }

  monotonic(): MonotonicTime {
    return this.#shared.monotonic() * this.#rate - this.#stopped;
  }

  async sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
    const due = this.monotonic() + duration;
    let left = duration;
    do {
      await this.#shared.sleep(this.#until(left), signal);
      if (this.#gate.shut) await this.#gate.opened();
      left = due - this.monotonic();
    } while (left > noTime && !signal?.aborted);
  }

  /** Changes the wall clock of this machine. */
  setWall(by: Millis): void {
    this.#skew += by;
    this.#setAt = this.#shared.monotonic();
  }

  /** The machine was suspended for this long, and its monotonic clock did not count it. */
  standStill(duration: Millis): void {
    this.#stopped += duration * this.#rate;
  }

  /** The shared time of this wall clock time; undefined if the wall clock was changed since. */
  sharedTimeOf(wall: WallTime): MonotonicTime | undefined {
    const at = this.#shared.monotonic() - (this.wall() - wall) / this.#rate;
    return at <= this.#setAt ? undefined : at;
  }

  #until(own: Millis): Millis {
    const exact = own / this.#rate;
    if (this.#slack === 0) return exact;
    const now = this.#shared.monotonic();
    return Math.ceil((now + exact) / this.#slack) * this.#slack - now;
  }
}

/** The accuracy of the clocks of a machine. */
export interface Timekeeping {
  readonly rate?: number;
  readonly slack?: Millis;
}
