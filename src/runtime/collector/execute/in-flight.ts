import { Fault } from '../../../domain/fault.ts';
import type { Log } from '../../../ports/log.ts';
import { BackgroundFailure } from '../../support/background-failure.ts';

/** Largest number of tasks at a time; the next sweep starts the others. */
const maxTasks = 1000;

/**
 * Running tasks of a collector, at most one per agent or hold. A later sweep retries a failed task,
 * from the state at that time. An unforeseen failure is reported by {@link failure}: as an unhandled
 * rejection it would end the program that contains the collector.
 */
export class InFlightTasks {
  readonly #log: Log;
  readonly #running = new Map<string, Promise<void>>();
  readonly #unforeseen = new BackgroundFailure();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Rejects with the first unforeseen failure of a task; never resolves. */
  get failure(): Promise<never> {
    return this.#unforeseen.promise;
  }

  /** Whether a task for this key may be started now. */
  isIdle(key: string): boolean {
    return !this.#running.has(key) && this.#running.size < maxTasks;
  }

  start(key: string, task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        this.#log.debug('sweep-interrupted', { slot: key, why: error.message });
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    this.#unforeseen.run(running);
  }

  /** Resolves when no task is running any more. Rejects if one of them had an unforeseen failure. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
    await Promise.race([this.#unforeseen.promise, Promise.resolve()]);
  }
}
