import type { ChainRef } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import type { Millis, Revision, WallTime } from '../../../src/domain/time.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import type { Write } from '../../../src/ports/registry.ts';
import type { Change } from '../../../src/runtime/transitions/record-change.ts';

export interface WriterOptions {
  /** The last revision before the history: those of its messages are the next ones, in their order. */
  readonly after?: Revision;
  /** How many changes one commit takes at most. */
  readonly together?: number;
}

/** What is stored together: the records, and right behind them their events. */
export interface HistoryCommit {
  readonly writes: readonly Write[];
  readonly events: readonly StoredEvent[];
}

/** Gathers changes into commits, and knows the revisions that a store without other writers gives. */
export class HistoryWriter {
  readonly #together: number;
  /** The last revision before the commit that is open. */
  #origin: Revision;
  readonly #writes = new Map<string, Write>();
  #events: Omit<StoredEvent, 'origin'>[] = [];
  #seq: Revision = 0;
  #now: WallTime = Date.UTC(2026, 0, 1);
  /** Of every key ever written: a removed one's tombstone too. */
  readonly #revisions = new Map<string, Revision>();
  readonly #heads = new Map<string, Change['head']>();

  constructor({ after = 1_000_000, together = 1 }: WriterOptions) {
    this.#origin = after;
    this.#together = together;
  }

  /** How many events there are. */
  get seq(): Revision {
    return this.#seq;
  }

  get now(): WallTime {
    return this.#now;
  }

  /** A key that has no record, or none any more. */
  absent(key: string) {
    return { kind: 'absent', key, revision: this.#revisions.get(key) ?? 0 } as const;
  }

  /** The head of a chain; undefined: it has no event. */
  head(of: ChainRef): Change['head'] | undefined {
    return this.#heads.get(chainOf(eventSubject(of, 0)));
  }

  /** Takes a change into the commit that is open, where a key is written once; returns its revision. */
  *take(
    { write, events, head }: Change,
    later: Millis,
  ): Generator<HistoryCommit, Revision, undefined> {
    if (this.#writes.has(write.key)) yield* this.close();
    this.#now += later;
    this.#writes.set(write.key, write);
    const revision = this.#origin + this.#writes.size;
    this.#revisions.set(write.key, revision);
    for (const { subject, text } of events) {
      this.#seq += 1;
      this.#events.push({ seq: this.#seq, storedAt: this.#now, subject, text });
    }
    const last = events.at(-1);
    if (last) this.#heads.set(chainOf(last.subject), head);
    if (this.#writes.size >= this.#together) yield* this.close();
    return revision;
  }

  /** What is open is stored. */
  *close(): Generator<HistoryCommit, void, undefined> {
    const [writes, events] = [[...this.#writes.values()], this.#events];
    if (writes.length === 0) return;
    const first = this.#origin + writes.length + 1;
    this.#origin += writes.length + events.length;
    this.#writes.clear();
    this.#events = [];
    yield { writes, events: events.map((event, at) => ({ ...event, origin: first + at })) };
  }
}

const chainOf = (subject: string): string => subject.slice(0, subject.lastIndexOf('.'));
