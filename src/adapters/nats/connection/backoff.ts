import type { Millis } from '../../../domain/time.ts';

/**
 * Waits of the NATS client between two attempts to reconnect, in ms: a fixed wait, and a random one on
 * top, so that clients of a server that restarted do not all come back in the same moment.
 */
export const reconnectDelays = {
  reconnectTimeWait: 250,
  reconnectJitter: 500,
  reconnectJitterTLS: 1000,
} as const;

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
