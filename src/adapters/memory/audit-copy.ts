import type { Revision } from '../../domain/time.ts';
import type { StoredEvent } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import { Doorbell } from './doorbell.ts';
import { outboxOf, subjectOfEvent } from './layout.ts';
import type { MemoryStream } from './stream.ts';

/** The audit stream: every event of the registry's outbox, copied in order and kept for ever. */
export class AuditCopy {
  readonly #outbox: MemoryStream;
  readonly #clock: Clock;
  readonly #events: StoredEvent[] = [];
  readonly #subjects = new Set<string>();
  readonly #bells = new Set<Doorbell>();
  #held = 0;

  constructor(outbox: MemoryStream, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
  }

  get last(): StoredEvent | undefined {
    return this.#events.at(-1);
  }

  has(subject: string): boolean {
    return this.#subjects.has(subject);
  }

  from(seq: Revision): readonly StoredEvent[] {
    return this.#events.slice(Math.max(0, seq - 1));
  }

  /** Copies what has come into the outbox since, unless it is held back. */
  catchUp(): void {
    if (this.#held > 0) return;
    for (const message of this.#outbox.after(this.last?.origin ?? 0, outboxOf(['>']))) {
      const subject = subjectOfEvent(message.subject);
      this.#subjects.add(subject);
      this.#events.push({
        seq: this.#events.length + 1,
        origin: message.seq,
        storedAt: this.#clock.wall(),
        subject,
        text: message.text ?? '',
      });
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

  listen(): Disposable & { readonly bell: Doorbell } {
    const bell = new Doorbell();
    this.#bells.add(bell);
    return { bell, [Symbol.dispose]: () => void this.#bells.delete(bell) };
  }
}
