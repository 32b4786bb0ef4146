import type { ChainRef } from '../../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import type { Millis, Revision, WallTime } from '../../../src/domain/time.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import type { Write } from '../../../src/ports/registry.ts';
import type { SealedChange } from '../../../src/runtime/transitions/seal-changes.ts';

export interface WriterOptions {
  /** The last revision before the history. Its messages get the following revisions in order. */
  readonly after?: Revision;
  /** Maximum number of changes in one commit. */
  readonly together?: number;
}

/** One commit: the records, directly followed by their events. */
export interface HistoryCommit {
  readonly writes: readonly Write[];
  readonly events: readonly StoredEvent[];
}

/** Groups changes into commits, and predicts the revisions of a store without other writers. */
export class HistoryWriter {
  readonly #together: number;
  /** The last revision before the open commit. */
  #origin: Revision;
  readonly #writes = new Map<string, Write>();
  #events: Omit<StoredEvent, 'origin'>[] = [];
  #seq: Revision = 0;
  #now: WallTime = Date.UTC(2026, 0, 1);
  /** The revision of every key ever written, including tombstones of removed keys. */
  readonly #revisions = new Map<string, Revision>();
  readonly #heads = new Map<string, SealedChange['head']>();

  constructor({ after = 1_000_000, together = 1 }: WriterOptions) {
    this.#origin = after;
    this.#together = together;
  }

  /** The number of events so far. */
  get seq(): Revision {
    return this.#seq;
  }

  get now(): WallTime {
    return this.#now;
  }

  /** A key without a record, or with a removed one. */
  absent(key: string) {
    return { kind: 'absent', key, revision: this.#revisions.get(key) ?? 0 } as const;
  }

  /** The head of a chain; undefined: it has no event. */
  head(of: ChainRef): SealedChange['head'] | undefined {
    return this.#heads.get(chainOf(eventSubject(of, 0)));
  }

  /** Adds a change to the open commit, which writes each key only once; returns its revision. */
  *take(
    { write, events, head }: SealedChange,
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

  /** Ends the open commit. */
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
