import type { Millis } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

// An abort reason that is no exception: creating a stack each time is slow.
const rung = 'rung';

/**
 * Wakes one waiting reader when there is something new. A ring while the reader does not wait is kept
 * for its next wait.
 */
export class Notifier {
  #rung = false;
  /** Reused until it has rung: most waits end by their timeout. */
  #awake = new AbortController();
  #until: AbortSignal | undefined;
  readonly #wake = () => this.#awake.abort(rung);

  ring(): void {
    this.#rung = true;
    this.#awake.abort(rung);
  }

  /** Resolves after a ring, after `within`, or when the signal aborts. */
  async wait(clock: Clock, within: Millis, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      this.#follow(signal);
      if (this.#awake.signal.aborted) this.#awake = new AbortController();
      await clock.sleep(within, this.#awake.signal);
    }
    this.#rung = false;
  }

  #follow(signal: AbortSignal): void {
    if (this.#until === signal) return;
    this.#until?.removeEventListener('abort', this.#wake);
    this.#until = signal;
    signal.addEventListener('abort', this.#wake, { once: true });
  }
}
