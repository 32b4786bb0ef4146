import type { Millis } from '../../../domain/time.ts';

/** The longest time between two looks at the clock. Twice as much of it counts at most. */
const step: Millis = 250;

/**
 * Measures for how long this process could receive an answer. A time in which its event loop stood still counts at most half
 * a second: then timers fire before the sockets are read, so an answer may have been there all the time.
 */
export class TurningTime implements Disposable {
  readonly #limit: Millis;
  readonly #onOver: () => void;
  #sum: Millis = 0;
  #last = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Measures up to `limit`, and calls `onOver` then. */
  constructor(limit: Millis, onOver: () => void = () => {}) {
    this.#limit = limit;
    this.#onOver = onOver;
    this.#wait();
  }

  get elapsed(): Millis {
    return Math.min(this.#limit, this.#sum + this.#sinceLast());
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #sinceLast(): Millis {
    return Math.min(2 * step, performance.now() - this.#last);
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(step, this.#limit - this.#sum)).unref();
  }

  #look(): void {
    this.#sum += this.#sinceLast();
    this.#last = performance.now();
    if (this.#sum < this.#limit) this.#wait();
    else setImmediate(this.#onOver);
  }
}
