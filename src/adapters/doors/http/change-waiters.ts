import type { Millis } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { ApiError } from '../../http-server/api-error.ts';

/** Requests that wait for changes: long polls and event streams. */
export class ChangeWaiters {
  readonly #view: ServiceView;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #most: number;
  #waiting = 0;

  constructor(view: ServiceView, clock: Pick<Clock, 'sleep'>, most: number) {
    this.#view = view;
    this.#clock = clock;
    this.#most = most;
  }

  /** Counts a request until it is disposed of. @throws {ApiError} `too-busy` */
  enter(): Disposable {
    if (this.#waiting >= this.#most) {
      throw new ApiError('too-busy', `${this.#most} requests wait for changes`, 'try again later');
    }
    this.#waiting += 1;
    let isIn = true;
    return {
      [Symbol.dispose]: () => {
        if (isIn) this.#waiting -= 1;
        isIn = false;
      },
    };
  }

  /** Resolves when the service changes, when the time is over, or when the signal aborts. */
  async change(service: string, within: Millis, signal: AbortSignal): Promise<void> {
    using _ = this.enter();
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    const changed = Promise.withResolvers<void>();
    const stop = this.#view.onChange((services) => {
      if (services.has(service)) changed.resolve();
    });
    try {
      await Promise.race([changed.promise, this.#clock.sleep(within, either)]);
    } finally {
      stop();
      done.abort();
    }
  }
}
