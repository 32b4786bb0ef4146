import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { LinkedSignal } from './linked-signal.ts';

/** Runs `work` with a signal that aborts after `limit` ms or when `signal` aborts. */
export async function withTimeout<T>(
  limit: Millis,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  using wait = new LinkedSignal([signal]);
  void clock.sleep(limit, wait.signal).then(() => timeout.abort(over));
  try {
    return await work(timeout.signal);
  } finally {
    wait.abort();
  }
}

/** Made once: an exception for each call would cost a stack. */
const over = new DOMException('the time for this work is over', 'AbortError');
