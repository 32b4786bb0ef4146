import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';

/** How often a watch is held against the leader. */
const everyFewSeconds: Millis = seconds(5);

/** Heartbeats that may come from behind the leader before the consumer is given up. */
const patience = 3;

/** What the leader lets us say of a watch that hears heartbeats. */
export type Seen = 'clear' | 'unsure' | { readonly lost: string };

type Known = Pick<StreamInfo, 'created'> & { readonly state: { readonly last_seq: Revision } };

/**
 * Whether heartbeats mean that nothing happened.
 *
 * They come from the server that holds the consumer. One that is cut off from its leader goes on
 * saying that there is nothing new; so every few seconds the leader is asked where the stream is, and
 * a consumer that does not get there is replaced. While the leader does not answer, nobody can say
 * that the view is fresh.
 */
export class FreshnessCheck {
  readonly #look: () => Promise<Known | undefined>;
  readonly #every: Millis;
  readonly #created: string;
  #last: Revision;
  #askedAt = performance.now();
  #answered = true;
  #asking = false;
  #gone: string | undefined;
  #behind = 0;

  /**
   * @param look asks the leader; undefined: there is no such stream
   * @param known what it said when the consumer was made
   */
  constructor(look: () => Promise<Known | undefined>, known: Known, every = everyFewSeconds) {
    this.#look = look;
    this.#every = every;
    this.#created = known.created;
    this.#last = known.state.last_seq;
  }

  /** At each heartbeat, with the position that it brings. */
  at(position: Revision): Seen {
    if (this.#gone !== undefined) return { lost: this.#gone };
    if (!this.#asking && performance.now() - this.#askedAt >= this.#every) void this.#ask();
    if (position >= this.#last) {
      this.#behind = 0;
      return this.#answered ? 'clear' : 'unsure';
    }
    this.#behind += 1;
    if (this.#behind < patience) return 'unsure';
    return { lost: `its replica is at ${position}, the leader at ${this.#last}` };
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      const info = await this.#look();
      this.#answered = true;
      if (info === undefined) this.#gone = 'the stream was deleted';
      else if (info.created !== this.#created) this.#gone = 'the stream was made anew';
      else if (info.state.last_seq < this.#last) this.#gone = 'the stream lost its end';
      else this.#last = info.state.last_seq;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      this.#answered = false;
    } finally {
      this.#asking = false;
      this.#askedAt = performance.now();
    }
  }
}
