import { clocksAgree } from '../../../domain/clock-difference.ts';
import type { HoldClocks } from '../../../domain/collection/hold-end.ts';
import type { Millis, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { Metrics } from '../../../ports/metrics.ts';

/** A sample that came late makes the estimate too early, so the latest few are compared. */
const samplesKept = 3;

/**
 * The server's time, as this observer estimates it: the time at which the server stored a renewal of the
 * observer's own lease, plus the time since then on the observer's monotonic clock. Its own wall clock plays
 * no part.
 */
export class ServerTimeEstimate {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #metrics: Metrics;
  /** The server's time minus the observer's monotonic time, latest last. */
  readonly #samples: Millis[] = [];
  #agrees = true;

  constructor({
    clock,
    log,
    metrics,
  }: {
    readonly clock: Clock;
    readonly log: Log;
    readonly metrics: Metrics;
  }) {
    this.#clock = clock;
    this.#log = log;
    this.#metrics = metrics;
  }

  /** A message has arrived that the server stored at this time. */
  observe(storedAt: WallTime): void {
    this.#samples.push(storedAt - this.#clock.monotonic());
    if (this.#samples.length > samplesKept) this.#samples.shift();
    this.#report();
  }

  /** How far the own wall clock is ahead of the server's; undefined: not known. */
  get offset(): Millis | undefined {
    const { server, own } = this.now();
    return server === undefined ? undefined : own - server;
  }

  /** Both clocks, now. */
  now(): HoldClocks {
    const best = this.#samples.length === 0 ? undefined : Math.max(...this.#samples);
    const server = best === undefined ? undefined : Math.round(best + this.#clock.monotonic());
    return { server, own: this.#clock.wall() };
  }

  /** Logs each change between agreement and disagreement once. */
  #report(): void {
    const { offset } = this;
    if (offset !== undefined) this.#metrics.clockOffset?.(offset);
    if (offset === undefined || clocksAgree(offset) === this.#agrees) return;
    this.#agrees = !this.#agrees;
    if (this.#agrees) this.#log.info('clock-agrees', { offset });
    else
      this.#log.warn('clock-differs', {
        offset,
        effect: 'ends no hold',
        mend: 'check NTP here and on the server',
      });
  }
}
