import type { StreamInfo } from '@nats-io/jetstream';
import { type Millis, type Revision, seconds, type WallTime } from '../../../domain/time.ts';
import { serverTimeOf } from '../streams/stream-info.ts';

/** How often the leader is asked for the end of the stream. */
const defaultInterval: Millis = seconds(5);

/** Successive heartbeats that may be behind the leader before the consumer is replaced. */
const maxHeartbeatsBehind = 3;

/** `unknown`: the leader has not confirmed that the view is complete. `lost`: replace the consumer. */
export type Freshness = 'fresh' | 'unknown' | { readonly lost: string };

/** Why a watch starts over after the stream lost its tail and grew again. */
export const otherHistory = 'the stream lost its last messages and has others in their place';

type LeaderInfo = Pick<StreamInfo, 'created' | 'config'> & {
  readonly ts?: StreamInfo['ts'] | undefined;
  readonly state: Pick<StreamInfo['state'], 'last_seq' | 'last_ts'>;
};

/** What the check asks the leader. */
export interface LeaderQuestions {
  /** undefined if there is no such stream. */
  info(): Promise<LeaderInfo | undefined>;
  /** Whether the stream provably no longer has the history that the watch has reported. */
  hasOtherHistory(): Promise<boolean>;
}

/**
 * Decides whether a heartbeat proves that a watch has seen everything.
 *
 * Heartbeats come from the server that hosts the consumer. A server that is cut off from the stream's
 * leader keeps reporting that there is nothing new. So the leader is asked every few seconds for the
 * end of the stream, and a consumer that does not reach it is replaced. While the leader does not
 * answer, the view is not known to be fresh.
 *
 * A stream can lose its last messages and grow again between two answers. So whenever the stream has
 * changed, the leader must also have the last delivered message. The first answer always counts as a
 * change: the snapshot may be from a replica that had not lost its tail yet.
 */
export class FreshnessCheck {
  readonly #leader: LeaderQuestions;
  readonly #interval: Millis;
  readonly #created: string;
  #leaderSeq: Revision;
  #leaderTime: string | undefined;
  #fetchedAt = performance.now();
  #answeredAt: WallTime;
  #leaderAnswers = true;
  #isFetching = false;
  #lost: string | undefined;
  #heartbeatsBehind = 0;

  /**
   * @param initial the leader's answer from when the consumer was created
   */
  constructor(leader: LeaderQuestions, initial: LeaderInfo, interval = defaultInterval) {
    this.#leader = leader;
    this.#interval = interval;
    this.#created = initial.created;
    this.#leaderSeq = initial.state.last_seq;
    this.#answeredAt = serverTimeOf(initial);
  }

  /** When the leader last answered, by its own clock. */
  get answeredAt(): WallTime {
    return this.#answeredAt;
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

  async #lossIn(info: LeaderInfo | undefined): Promise<string | undefined> {
    if (info === undefined) return 'the stream was deleted';
    if (info.created !== this.#created) return 'the stream was recreated';
    const { last_seq, last_ts } = info.state;
    if (last_seq < this.#leaderSeq) return 'the stream lost its last messages';
    const isUnchanged = last_seq === this.#leaderSeq && last_ts === this.#leaderTime;
    if (!isUnchanged && (await this.#leader.hasOtherHistory())) return otherHistory;
    this.#leaderSeq = last_seq;
    this.#leaderTime = last_ts;
    this.#answeredAt = serverTimeOf(info);
    return undefined;
  }

  async #refresh(): Promise<void> {
    this.#isFetching = true;
    try {
      const info = await this.#leader.info();
      this.#leaderAnswers = true;
      this.#lost = await this.#lossIn(info);
    } catch {
      // Also after an unforeseen failure nothing is proven: the view grows old, and the program goes on.
      this.#leaderAnswers = false;
    } finally {
      this.#isFetching = false;
      this.#fetchedAt = performance.now();
    }
  }
}
