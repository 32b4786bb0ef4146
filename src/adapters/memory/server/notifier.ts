import type { Millis } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

// A reason of its own: without one, each would be an exception with a stack.
const rung = 'rung';

/** Tells one who waits that there is something new; a ring while nobody waits is kept. */
export class Notifier {
  #rung = false;
  /** Kept until it has rung: most who wait are woken by nothing but the time. */
  #awake = new AbortController();
  #until: AbortSignal | undefined;
  readonly #wake = () => this.#awake.abort(rung);

  ring(): void {
    this.#rung = true;
    this.#awake.abort(rung);
  }

  /** Resolves once it has rung, after `within`, or when the signal is aborted. */
  async heard(clock: Clock, within: Millis, signal: AbortSignal): Promise<void> {
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
