import type { ReconnectToServerHandler } from '@nats-io/transport-node';
import { type Millis, seconds } from '../../../domain/time.ts';

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

/** The longest pause after the first attempt that ran into its time limit; it doubles with each further one. */
const first: Millis = seconds(2.5);

/**
 * A random pause after `timeouts` attempts in a row that ran into their time limit, below `longest`. An attempt that times out
 * has cost an overloaded server its work for nothing. If thousands of clients tried again at once, none of them would
 * ever be served.
 */
export const pauseAfterTimeouts = (timeouts: number, longest: Millis): Millis =>
  timeouts === 0 ? 0 : fraction() * Math.min(longest, first * 2 ** Math.min(timeouts - 1, 20));

/** Below the default ttl of 15 s. */
const longestBeforeReconnect: Millis = seconds(10);

/**
 * The pauses of one connection before it dials again, after all servers let its handshake time out (`within`). The client
 * counts its own waits from the start of an attempt, so after a timeout it would dial at once. A refused connection
 * costs the server nothing and makes no pause. `now`: a monotonic clock.
 */
export function pausesOfReconnects(
  within: Millis,
  now: () => Millis = () => performance.now(),
): ReconnectToServerHandler {
  let dialedAt = now();
  let timeouts = 0;
  return (servers) => {
    // The client counts the failures of a server since its last success.
    const rounds = Math.min(...servers.map(({ reconnects }) => reconnects));
    const isTimeout = now() - dialedAt >= 0.9 * within;
    if (rounds === 0) timeouts = 0;
    else if (isTimeout) timeouts += 1;
    const delay = isTimeout ? pauseAfterTimeouts(timeouts, longestBeforeReconnect) : 0;
    dialedAt = now() + delay;
    const [next] = servers;
    return next ? { server: next, delay } : null;
  };
}
