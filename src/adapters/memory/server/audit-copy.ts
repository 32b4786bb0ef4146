import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import type { HistoryRange } from '../../../domain/policy/safe-retention.ts';
import type { Revision } from '../../../domain/time.ts';
import type { StoredEvent, Trim } from '../../../ports/audit.ts';
import type { Clock } from '../../../ports/clock.ts';
import { Notifier } from './notifier.ts';
import type { MemoryStream, Message } from './stream.ts';
import { outboxOf, subjectOfEvent } from './subjects.ts';

/** An audit stream as it was at a moment: a backup of its store. */
export interface AuditBackup {
  readonly events: readonly StoredEvent[];
  readonly copied: AuditCopy['end'];
}

/**
 * The audit stream: a copy of all events of the registry's outbox, in order. With limits, events beyond
 * them are removed from the front before each access.
 */
export class AuditCopy {
  readonly #outbox: MemoryStream;
  #created: string;
  #times = 1;
  readonly #clock: Clock;
  #events: StoredEvent[] = [];
  readonly #subjects = new Set<string>();
  readonly #notifiers = new Set<Notifier>();
  #limits: Retention = {};
  /** The last copied event, even if it was trimmed since. */
  #copied = { seq: 0, origin: 0 };
  /** It has looked at the outbox up to this revision. */
  #position: Revision = 0;
  #bytes = 0;
  #pauses = 0;

  constructor(outbox: MemoryStream, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
    this.#created = `${clock.wall()}`;
  }

  /** Distinguishes it from an audit that was deleted and created again. */
  get created(): string {
    return this.#created;
  }

  /** The revision of the first event that it still has; 0: none. */
  get oldest(): Revision {
    this.#trim();
    return this.#events[0]?.origin ?? 0;
  }

  /** The last copied event, also if it was trimmed since; zeros: none. */
  get end(): { readonly seq: Revision; readonly origin: Revision } {
    return this.#copied;
  }

  get last(): StoredEvent | undefined {
    this.#trim();
    return this.#events.at(-1);
  }

  /** @param next sequence of the event whose time of storing is reported */
  extent(next: Revision): HistoryRange {
    this.#trim();
    const events = this.#events.length;
    const { seq: last } = this.#copied;
    const nextStoredAt = this.from(next)[0]?.storedAt;
    return { first: last - events + 1, last, events, bytes: this.#bytes, nextStoredAt };
  }

  has(subject: string): boolean {
    this.#trim();
    return this.#subjects.has(subject);
  }

  /** The event that was copied from this revision of the registry's stream. */
  ofOrigin(origin: Revision): StoredEvent | undefined {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.origin ?? 0) < origin) low = middle + 1;
      else high = middle;
    }
    const found = this.#events[low];
    return found?.origin === origin ? found : undefined;
  }

  from(seq: Revision): readonly StoredEvent[] {
    this.#trim();
    const first = this.#events[0]?.seq ?? 1;
    return this.#events.slice(Math.max(0, seq - first));
  }

  limit(limits: Retention): void {
    this.#limits = limits;
  }

  /** Copies new events of the outbox, unless copying is paused. */
  catchUp(): void {
    if (this.#pauses > 0) return;
    for (const message of this.#outbox.after(this.#position, outboxOf(['>']))) {
      this.#position = message.seq;
      if (this.#has(message)) continue;
      const { seq, origin } = this.#copied;
      this.#copied = { seq: seq + 1, origin: Math.max(origin, message.seq) };
      const event = {
        ...{ seq: seq + 1, origin: message.seq },
        storedAt: this.#clock.wall(),
        subject: subjectOfEvent(message.subject),
        text: message.text ?? '',
      };
      this.#subjects.add(event.subject);
      this.#events.push(event);
      this.#bytes += sizeOf(event);
    }
    for (const notifier of this.#notifiers) notifier.ring();
  }

  copy(): AuditBackup {
    return { events: [...this.#events], copied: this.#copied };
  }

  /** It is again as it was: later events are lost here, and copied again as far as the outbox has them. */
  restore({ events, copied }: AuditBackup): void {
    this.#events = [...events];
    this.#copied = copied;
    this.#position = copied.origin;
    this.#bytes = events.reduce((sum, event) => sum + sizeOf(event), 0);
    this.#subjects.clear();
    for (const { subject } of events) this.#subjects.add(subject);
    this.catchUp();
  }

  /**
   * The registry was put back while its server ran: the whole outbox is copied again. Events that it has are
   * recognised (`RepeatedCopies` of the NATS adapter).
   */
  copyAgain(): void {
    this.#position = 0;
    this.catchUp();
  }

  /** It was deleted and created again: it has what the outbox still has. */
  makeAnew(): void {
    this.#times += 1;
    this.#created = `${this.#clock.wall()}, ${this.#times}`;
    this.restore({ events: [], copied: { seq: 0, origin: 0 } });
  }

  /** Pauses the copying until disposed: JetStream's stops for 10 s after the death of a leader. */
  holdBack(): Disposable {
    this.#pauses += 1;
    return {
      [Symbol.dispose]: () => {
        this.#pauses -= 1;
        this.catchUp();
      },
    };
  }

  listen(): Disposable & { readonly notifier: Notifier } {
    const notifier = new Notifier();
    this.#notifiers.add(notifier);
    return { notifier, [Symbol.dispose]: () => void this.#notifiers.delete(notifier) };
  }

  #has({ seq, subject, text }: Message): boolean {
    if (seq > this.#copied.origin) return false;
    const found = this.ofOrigin(seq);
    return found?.subject === subjectOfEvent(subject) && found.text === text;
  }

  get limits(): Retention {
    return this.#limits;
  }

  /** What these limits would remove. */
  wouldTrim(limits: Retention): Omit<Trim, 'refusal'> {
    this.#trim();
    const events = this.#countBeyond(limits);
    const oldest = this.#events[events];
    return {
      ...{ events, isEstimate: false },
      oldest: oldest && { seq: oldest.seq, storedAt: oldest.storedAt },
    };
  }

  #trim(): void {
    const trimmed = this.#countBeyond(this.#limits);
    if (trimmed === 0) return;
    for (const event of this.#events.slice(0, trimmed)) {
      this.#subjects.delete(event.subject);
      this.#bytes -= sizeOf(event);
    }
    this.#events = this.#events.slice(trimmed);
  }

  /** The number of events beyond these limits. */
  #countBeyond({ maxAge, maxBytes = Number.POSITIVE_INFINITY }: Retention): number {
    const oldest = this.#clock.wall() - (maxAge ?? Number.POSITIVE_INFINITY);
    let bytes = this.#bytes;
    let count = 0;
    for (const event of this.#events) {
      if (event.storedAt >= oldest && bytes <= maxBytes) break;
      bytes -= sizeOf(event);
      count += 1;
    }
    return count;
  }
}

const sizeOf = ({ subject, text }: StoredEvent): number => subject.length + text.length;
