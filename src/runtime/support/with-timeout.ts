import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** Does something with a signal that is aborted after `limit`, or with `signal`. */
export async function withTimeout<T>(
  limit: Millis,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const bound = new AbortController();
  const done = new AbortController();
  void clock.sleep(limit, AbortSignal.any([done.signal, signal])).then(() => bound.abort());
  try {
    return await work(bound.signal);
  } finally {
    done.abort();
  }
}
