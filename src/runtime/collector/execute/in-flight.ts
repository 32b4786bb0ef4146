import { Fault } from '../../../domain/fault.ts';
import type { Log } from '../../../ports/log.ts';

/** So many are worked on at once; the others are there at the next sweep. */
const atOnce = 1000;

/**
 * What a collector works on: one task for each place at a time. A task that fails is begun again by a
 * later sweep, from whatever is there then.
 */
export class InFlightTasks {
  readonly #log: Log;
  readonly #busy = new Map<string, Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Whether a task may be begun there now. */
  isIdle(place: string): boolean {
    return !this.#busy.has(place) && this.#busy.size < atOnce;
  }

  begin(place: string, task: () => Promise<void>): void {
    const working = task()
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        this.#log.debug('sweep-interrupted', { slot: place, why: error.message });
      })
      .finally(() => this.#busy.delete(place));
    this.#busy.set(place, working);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#busy.values());
  }
}
