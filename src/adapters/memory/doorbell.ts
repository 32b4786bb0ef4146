import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

const rung = 'rung';

/** Tells one who waits that there is something new; a ring while nobody waits is kept. */
export class Doorbell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves once it has rung, after `within`, or when the signal is aborted. */
  async heard(clock: Clock, within: Millis, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const awake = new AbortController();
      // With a reason of its own: without one, each would be an exception with a stack.
      this.#wake = () => awake.abort(rung);
      signal.addEventListener('abort', this.#wake, { once: true });
      await clock.sleep(within, awake.signal);
      signal.removeEventListener('abort', this.#wake);
      this.#wake = undefined;
    }
    this.#rung = false;
  }
}
