import type { ReconnectToServerHandler } from '@nats-io/transport-node';
import { type Millis, seconds } from '../../../domain/time.ts';
import { pauseAfterTimeouts } from './backoff.ts';
import { TurningTime } from './turning-time.ts';

/**
 * Waits of the NATS client between two attempts to reconnect, in ms: a fixed wait, and a random one on
 * top, so that clients of a server that restarted do not all come back in the same moment.
 */
export const reconnectDelays = {
  reconnectTimeWait: 250,
  reconnectJitter: 500,
  reconnectJitterTLS: 1000,
} as const;

/** Below the default ttl of 15 s. */
const longestBeforeReconnect: Millis = seconds(10);
/** A process reconnects at most 250 times a second, for which it needs most of a core. */
const shortestInterval: Millis = 4;
const longestInterval: Millis = 64;
const slowerAtMostEvery: Millis = seconds(5);
const fastAgainAfter: Millis = seconds(60);

/**
 * When the connections of one process dial again. A thousand that dial at the same moment keep the event loop so busy that
 * their handshakes time out although the server answers, and then all dial again. The times are further apart after
 * timeouts, and as before when there was none for a minute. A process with one connection does not wait.
 */
export class DialSchedule {
  readonly #now: () => Millis;
  #next: Millis = Number.NEGATIVE_INFINITY;
  #interval = shortestInterval;
  #slowerAt: Millis = Number.NEGATIVE_INFINITY;
  #timeoutAt: Millis = Number.NEGATIVE_INFINITY;

  /** `now`: a monotonic clock. */
  constructor(now: () => Millis = () => performance.now()) {
    this.#now = now;
  }

  /** The time that a connection waits before it dials, at least `pause`. */
  wait(pause: Millis): Millis {
    const now = this.#now();
    if (now - this.#timeoutAt >= fastAgainAfter) this.#interval = shortestInterval;
    if (pause > 0) return pause;
    const at = Math.max(now, this.#next);
    this.#next = at + this.#interval;
    return at - now;
  }

  /** A handshake ran into its time limit. */
  timedOut(): void {
    this.#timeoutAt = this.#now();
    if (this.#timeoutAt - this.#slowerAt < slowerAtMostEvery) return;
    this.#slowerAt = this.#timeoutAt;
    this.#interval = Math.min(longestInterval, 2 * this.#interval);
  }
}

const dialsOfProcess = new DialSchedule();

type Stopwatch = Pick<TurningTime, 'elapsed' | 'stop'>;

/**
 * The pauses of one connection before it dials again, after all servers let its handshake time out (`within`). The client
 * counts its own waits from the start of an attempt, so after a timeout it would dial at once. A refused connection
 * costs the server nothing and makes no pause; nor does a timeout while the event loop stood still.
 */
export function pausesOfReconnects(
  within: Millis,
  dials: DialSchedule = dialsOfProcess,
  measure: (limit: Millis) => Stopwatch = (limit) => new TurningTime(limit),
): ReconnectToServerHandler {
  let sinceAsked = measure(within);
  let delay = 0;
  let timeouts = 0;
  return (servers) => {
    // The client counts the failures of a server since its last success.
    const rounds = Math.min(...servers.map(({ reconnects }) => reconnects));
    const isTimeout = sinceAsked.elapsed - delay >= 0.9 * within;
    // A connection that was healthy for long and broke has not timed out.
    if (rounds === 0) timeouts = 0;
    else if (isTimeout) {
      timeouts += 1;
      dials.timedOut();
    }
    delay = dials.wait(isTimeout ? pauseAfterTimeouts(timeouts, longestBeforeReconnect) : 0);
    sinceAsked.stop();
    sinceAsked = measure(delay + within);
    const [next] = servers;
    return next ? { server: next, delay } : null;
  };
}
