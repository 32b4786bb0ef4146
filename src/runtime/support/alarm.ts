import type { MonotonicTime } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { LinkedSignal } from './linked-signal.ts';

/** Calls back at a time. A new time replaces the one before. */
export class Alarm {
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly #ring: () => void;
  readonly #end: AbortSignal;
  #set = new AbortController();

  /** `end`: after it aborted, nothing is called back. */
  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>, ring: () => void, end: AbortSignal) {
    this.#clock = clock;
    this.#ring = ring;
    this.#end = end;
  }

  /** Undefined: at no time. */
  async setTo(at: MonotonicTime | undefined): Promise<void> {
    this.#set.abort();
    if (at === undefined) return;
    this.#set = new AbortController();
    using wait = new LinkedSignal([this.#set.signal, this.#end]);
    await this.#clock.sleep(at - this.#clock.monotonic(), wait.signal);
    if (!wait.signal.aborted) this.#ring();
  }
}
