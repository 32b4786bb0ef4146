import { backoff, pauseAfterTimeouts } from '../../adapters/nats/connection/backoff.ts';
import { TurningTime } from '../../adapters/nats/connection/turning-time.ts';
import { type Millis, seconds } from '../../domain/time.ts';

const shortest: Millis = seconds(3);
/** As long as an agent waits for the commit of its start. */
const longest: Millis = seconds(60);
const longestPause: Millis = seconds(60);
/** A refused connection fails sooner. */
const slowAfter: Millis = seconds(1);

/**
 * How a long-running process tries to open the store until it answers. An attempt that fails soon, because nothing
 * listens, is made again soon. After one that got no answer in time, the next one may take twice as long, and
 * begins after a random pause: when a whole fleet starts at the same moment, the server is overloaded, and serves none if all
 * give up before their turn.
 */
export class OpeningPatience {
  readonly #first: Millis;
  readonly #tryAgainAfter: Millis;
  #timeouts = 0;

  /** `first`: how long the first attempt may take. `tryAgainAfter`: the pause after one that failed soon. */
  constructor(first = shortest, tryAgainAfter: Millis = seconds(1)) {
    this.#first = first;
    this.#tryAgainAfter = tryAgainAfter;
  }

  /** How long the next attempt may take. */
  get within(): Millis {
    return Math.min(longest, this.#first * 2 ** Math.min(this.#timeouts, 10));
  }

  /** Measures an attempt, or several up to `limit`. */
  measure(limit: Millis = longest): TurningTime {
    return new TurningTime(limit);
  }

  /** An attempt failed after `took`, as it was measured. Returns the pause before the next one. */
  pauseAfter(took: Millis): Millis {
    this.#timeouts = took >= slowAfter ? this.#timeouts + 1 : 0;
    const pause = backoff(0, this.#tryAgainAfter, this.#tryAgainAfter);
    return pause + pauseAfterTimeouts(this.#timeouts, longestPause);
  }
}
