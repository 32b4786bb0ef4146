import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import type { HistoryRange } from '../../../domain/policy/retention.ts';
import type { Revision } from '../../../domain/time.ts';
import type { StoredEvent } from '../../../ports/audit.ts';
import type { Clock } from '../../../ports/clock.ts';
import { Notifier } from './notifier.ts';
import type { MemoryStream } from './stream.ts';
import { outboxOf, subjectOfEvent } from './subjects.ts';

/**
 * The audit stream: every event of the registry's outbox, copied in order, and kept for ever unless
 * limits were set: then what exceeds them is gone from the front when somebody looks.
 */
export class AuditCopy {
  readonly #outbox: MemoryStream;
  readonly #clock: Clock;
  #events: StoredEvent[] = [];
  readonly #subjects = new Set<string>();
  readonly #bells = new Set<Notifier>();
  #limits: Retention = {};
  /** Where the copying stands, whatever was trimmed. */
  #copied = { seq: 0, origin: 0 };
  #bytes = 0;
  #held = 0;

  constructor(outbox: MemoryStream, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
  }

  get last(): StoredEvent | undefined {
    this.#trim();
    return this.#events.at(-1);
  }

  /** `next`: the place of the first event of which it is asked when it was stored. */
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

  from(seq: Revision): readonly StoredEvent[] {
    this.#trim();
    const first = this.#events[0]?.seq ?? 1;
    return this.#events.slice(Math.max(0, seq - first));
  }

  limit(limits: Retention): void {
    this.#limits = limits;
  }

  /** Copies what has come into the outbox since, unless it is held back. */
  catchUp(): void {
    if (this.#held > 0) return;
    for (const message of this.#outbox.after(this.#copied.origin, outboxOf(['>']))) {
      this.#copied = { seq: this.#copied.seq + 1, origin: message.seq };
      const event = {
        ...this.#copied,
        storedAt: this.#clock.wall(),
        subject: subjectOfEvent(message.subject),
        text: message.text ?? '',
      };
      this.#subjects.add(event.subject);
      this.#events.push(event);
      this.#bytes += sizeOf(event);
    }
    for (const bell of this.#bells) bell.ring();
  }

  /** Stops the copying until it is disposed: JetStream's stands still for 10 s after a leader dies. */
  holdBack(): Disposable {
    this.#held += 1;
    return {
      [Symbol.dispose]: () => {
        this.#held -= 1;
        this.catchUp();
      },
    };
  }

  listen(): Disposable & { readonly bell: Notifier } {
    const bell = new Notifier();
    this.#bells.add(bell);
    return { bell, [Symbol.dispose]: () => void this.#bells.delete(bell) };
  }

  #trim(): void {
    const { maxAge = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = this.#limits;
    const before = this.#clock.wall() - maxAge;
    let gone = 0;
    for (const event of this.#events) {
      if (event.storedAt >= before && this.#bytes <= maxBytes) break;
      this.#subjects.delete(event.subject);
      this.#bytes -= sizeOf(event);
      gone += 1;
    }
    if (gone > 0) this.#events = this.#events.slice(gone);
  }
}

const sizeOf = ({ subject, text }: StoredEvent): number => subject.length + text.length;
