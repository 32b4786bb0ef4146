import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';

/** How often the leader is asked for the end of the stream. */
const defaultInterval: Millis = seconds(5);

/** Successive heartbeats that may be behind the leader before the consumer is replaced. */
const maxHeartbeatsBehind = 3;

/** `unknown`: the leader has not confirmed that the view is complete. `lost`: replace the consumer. */
export type Freshness = 'fresh' | 'unknown' | { readonly lost: string };

type LeaderInfo = Pick<StreamInfo, 'created'> & { readonly state: { readonly last_seq: Revision } };

/**
 * Decides whether a heartbeat proves that a watch has seen everything.
 *
 * Heartbeats come from the server that hosts the consumer. A server that is cut off from the stream's
 * leader keeps reporting that there is nothing new. So the leader is asked every few seconds for the
 * end of the stream, and a consumer that does not reach it is replaced. While the leader does not
 * answer, the view is not known to be fresh.
 */
export class FreshnessCheck {
  readonly #fetchInfo: () => Promise<LeaderInfo | undefined>;
  readonly #interval: Millis;
  readonly #created: string;
  #leaderSeq: Revision;
  #fetchedAt = performance.now();
  #leaderAnswers = true;
  #isFetching = false;
  #lost: string | undefined;
  #heartbeatsBehind = 0;

  /**
   * @param fetchInfo asks the leader; undefined if there is no such stream
   * @param initial the leader's answer from when the consumer was created
   */
  constructor(
    fetchInfo: () => Promise<LeaderInfo | undefined>,
    initial: LeaderInfo,
    interval = defaultInterval,
  ) {
    this.#fetchInfo = fetchInfo;
    this.#interval = interval;
    this.#created = initial.created;
    this.#leaderSeq = initial.state.last_seq;
  }

  /** Call it for each heartbeat, with the stream position in it. */
  onHeartbeat(position: Revision): Freshness {
    if (this.#lost !== undefined) return { lost: this.#lost };
    if (!this.#isFetching && performance.now() - this.#fetchedAt >= this.#interval) {
      void this.#refresh();
    }
    if (position >= this.#leaderSeq) {
      this.#heartbeatsBehind = 0;
      return this.#leaderAnswers ? 'fresh' : 'unknown';
    }
    this.#heartbeatsBehind += 1;
    if (this.#heartbeatsBehind < maxHeartbeatsBehind) return 'unknown';
    return { lost: `its replica is at ${position}, the leader at ${this.#leaderSeq}` };
  }

  async #refresh(): Promise<void> {
    this.#isFetching = true;
    try {
      const info = await this.#fetchInfo();
      this.#leaderAnswers = true;
      if (info === undefined) this.#lost = 'the stream was deleted';
      else if (info.created !== this.#created) this.#lost = 'the stream was recreated';
      else if (info.state.last_seq < this.#leaderSeq)
        this.#lost = 'the stream lost its last messages';
      else this.#leaderSeq = info.state.last_seq;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      this.#leaderAnswers = false;
    } finally {
      this.#isFetching = false;
      this.#fetchedAt = performance.now();
    }
  }
}
