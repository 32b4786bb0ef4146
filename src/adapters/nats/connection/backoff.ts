import { type Millis, seconds } from '../../../domain/time.ts';

/** Resolves after `duration`, or immediately when `signal` is aborted. Never rejects. */
export function sleep(duration: Millis, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, duration));
    signal?.addEventListener('abort', done);
  });
}

/**
 * How long to wait before try number `tries` (from 0). Doubles from `min` up to `max`; a random part of
 * up to one half is subtracted, so that clients that failed together do not retry together.
 */
export function backoff(tries: number, min: Millis, max: Millis): Millis {
  const full = Math.min(max, min * 2 ** Math.min(tries, 20));
  return full * (0.5 + fraction() / 2);
}

/** Uniform in [0, 1). Not from the entropy port: no decision depends on it, and no run replays it. */
export function fraction(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return random / 2 ** 32;
}

/** The longest pause after the first attempt that ran into its time limit; it doubles with each further one. */
const first: Millis = seconds(2.5);

/**
 * A random pause after `timeouts` attempts in a row that ran into their time limit, below `longest`. An attempt that times out
 * has cost an overloaded server its work for nothing. If thousands of clients tried again at once, none of them would
 * ever be served.
 */
export const pauseAfterTimeouts = (timeouts: number, longest: Millis): Millis =>
  timeouts === 0 ? 0 : fraction() * Math.min(longest, first * 2 ** Math.min(timeouts - 1, 20));
