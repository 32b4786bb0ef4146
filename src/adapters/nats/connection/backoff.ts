import type { Millis } from '../../../domain/time.ts';

/** Resolves after `duration`, or at once when `signal` is aborted; it never rejects. */
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
 * How long to wait before try number `tries` (from 0): doubling from `least` up to `most`, of which a
 * random half is kept back, so that those who failed together do not come back together.
 */
export function backoff(tries: number, least: Millis, most: Millis): Millis {
  const full = Math.min(most, least * 2 ** Math.min(tries, 20));
  return full * (0.5 + fraction() / 2);
}

/** Uniform in [0, 1). Not the entropy port's: no decision hangs on it, and no run replays it. */
function fraction(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}
