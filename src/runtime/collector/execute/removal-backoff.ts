import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

/** Delay before a removal that made no progress is retried; it doubles each time. */
const firstDelay: Millis = seconds(1);
const maxDelay: Millis = seconds(10);

/**
 * Limits how often a collector starts removals without progress: each start is an event of its own
 * chain.
 */
export class RemovalBackoff {
  readonly #clock: Clock;
  readonly #onBusy: (busy: boolean) => void;
  readonly #attempts = new Map<string, { progress: string; delay: Millis; at: MonotonicTime }>();
  #running = 0;

  /** `onBusy`: called when the first removal starts and when the last one has ended. */
  constructor(clock: Clock, onBusy: (busy: boolean) => void) {
    this.#clock = clock;
    this.#onBusy = onBusy;
  }

  /** Whether to start a removal, or to retry one that made no progress. */
  shouldRetry(slot: string, progress: string): boolean {
    const at = this.#clock.monotonic();
    const last = this.#attempts.get(slot);
    if (last?.progress !== progress) {
      this.#attempts.set(slot, { progress, delay: firstDelay, at });
      return true;
    }
    if (at - last.at < last.delay) return false;
    const delay = Math.min(maxDelay, last.delay * 2);
    this.#attempts.set(slot, { progress, delay, at });
    return true;
  }

  async run(work: () => Promise<unknown>): Promise<void> {
    this.#running += 1;
    if (this.#running === 1) this.#onBusy(true);
    try {
      await work();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#onBusy(false);
    }
  }

  /** The slot was removed. */
  forget(slot: string): void {
    this.#attempts.delete(slot);
  }

  clear(): void {
    this.#attempts.clear();
  }
}
