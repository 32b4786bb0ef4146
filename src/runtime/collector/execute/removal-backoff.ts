import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/** A removal that came to nothing is begun again after this, then twice as long, and so on. */
const againAfter: Millis = seconds(1);
const againAtMost: Millis = seconds(10);

/** The removals that a collector begins: each is an event of its own chain, too. */
export class RemovalBackoff {
  readonly #clock: Clock;
  readonly #busy: (busy: boolean) => void;
  readonly #begun = new Map<string, { progress: string; wait: Millis; at: MonotonicTime }>();
  #count = 0;

  /** `busy`: told when the first begins and when the last has ended. */
  constructor(clock: Clock, busy: (busy: boolean) => void) {
    this.#clock = clock;
    this.#busy = busy;
  }

  /** Whether one is to be begun, or begun again though it came to nothing before. */
  shouldRetry(slot: string, progress: string): boolean {
    const at = this.#clock.monotonic();
    const known = this.#begun.get(slot);
    if (known?.progress !== progress) {
      this.#begun.set(slot, { progress, wait: againAfter, at });
      return true;
    }
    if (at - known.at < known.wait) return false;
    const wait = Math.min(againAtMost, known.wait * 2);
    this.#begun.set(slot, { progress, wait, at });
    return true;
  }

  async run(work: () => Promise<unknown>): Promise<void> {
    this.#count += 1;
    if (this.#count === 1) this.#busy(true);
    try {
      await work();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) this.#busy(false);
    }
  }

  /** Its slot is gone. */
  forget(slot: string): void {
    this.#begun.delete(slot);
  }

  clear(): void {
    this.#begun.clear();
  }
}
