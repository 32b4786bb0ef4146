import { emptyMark, type StoreMark } from '../../../domain/store-history/store-loss.ts';
import type { Millis, MonotonicTime, Revision, WallTime } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { Notifier } from './notifier.ts';

export interface Message {
  readonly subject: string;
  readonly seq: Revision;
  /** undefined for a tombstone. */
  readonly text: string | undefined;
  readonly writtenAt: MonotonicTime;
  /** The same by the server's wall clock. */
  readonly storedAt: WallTime;
  readonly lapsesAt: MonotonicTime;
}

type Wants = (subject: string) => boolean;

/** A stream as it was at a moment: a backup of its store. */
export interface StreamCopy {
  readonly log: readonly Message[];
  readonly seq: Revision;
  readonly mark: StoreMark;
}

/**
 * A JetStream stream with history 1: the last message of each subject, all in one sequence.
 *
 * A message with a TTL disappears without a trace when it expires. Expiry is computed from the clock at
 * each read, so that no timer has to be ordered against other events.
 */
export class MemoryStream {
  readonly #clock: Clock;
  readonly #last = new Map<string, Message>();
  readonly #notifiers = new Map<Notifier, Wants>();
  /** What the store remembers about itself; it is lost together with the tail. */
  mark: StoreMark = emptyMark;
  #log: Message[] = [];
  #seq: Revision;
  #begun: Revision;
  #history = 1;
  /** The time at which expiry was paused; undefined if it is not paused. */
  #expiryPausedAt: MonotonicTime | undefined;

  constructor(clock: Clock, firstSeq: Revision) {
    this.#clock = clock;
    this.#begun = firstSeq;
    this.#seq = firstSeq - 1;
  }

  /** The first sequence that it may use. */
  get begun(): Revision {
    return this.#begun;
  }

  get lastSeq(): Revision {
    return this.#seq;
  }

  /** Changes when the stream loses messages that it had: watches cannot resume in another history. */
  get history(): number {
    return this.#history;
  }

  copy(): StreamCopy {
    const log = this.#log.filter((message) => this.#last.get(message.subject) === message);
    return { log, seq: this.#seq, mark: this.mark };
  }

  /** The stream is again as it was: later messages are lost, and their sequences are used again. */
  restore({ log, seq, mark }: StreamCopy): void {
    this.mark = mark;
    this.#log = [...log];
    this.#seq = seq;
    this.#last.clear();
    for (const message of log) this.#last.set(message.subject, message);
    this.#history += 1;
    for (const notifier of this.#notifiers.keys()) notifier.ring();
  }

  /** The stream was deleted and created again: it is empty, and begins with this sequence. */
  makeAnew(firstSeq: Revision): void {
    this.#begun = firstSeq;
    this.restore({ log: [], seq: firstSeq - 1, mark: emptyMark });
  }

  /** Uses up the sequences up to this one without messages. */
  skipTo(seq: Revision): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  last(subject: string): Message | undefined {
    const message = this.#last.get(subject);
    return message && this.#exists(message) ? message : undefined;
  }

  /** When this subject was last written, also if that message has expired since. */
  writtenAt(subject: string): MonotonicTime | undefined {
    return this.#last.get(subject)?.writtenAt;
  }

  /** The revision that a compare-and-set of this subject must expect. */
  seqOf(subject: string): Revision {
    return this.last(subject)?.seq ?? 0;
  }

  append(
    subject: string,
    text: string | undefined,
    ttl: Millis = Number.POSITIVE_INFINITY,
  ): Revision {
    this.#seq += 1;
    const writtenAt = this.#clock.monotonic();
    const times = { writtenAt, storedAt: this.#clock.wall(), lapsesAt: writtenAt + ttl };
    const message = { subject, seq: this.#seq, text, ...times };
    this.#last.set(subject, message);
    this.#log.push(message);
    this.#forgetOld();
    for (const [notifier, wants] of this.#notifiers) if (wants(subject)) notifier.ring();
    return message.seq;
  }

  /** Pauses the expiry until disposed: a stream without a leader removes nothing. */
  holdLapses(): Disposable {
    this.#expiryPausedAt ??= this.#clock.monotonic();
    return {
      [Symbol.dispose]: () => {
        this.#expiryPausedAt = undefined;
      },
    };
  }

  /** The clock by which messages expire was set: those with a TTL now expire `by` later. One that has expired is gone. */
  moveExpiries(by: Millis): void {
    const moved = new Map<Message, Message>();
    for (const [subject, message] of this.#last) {
      if (!Number.isFinite(message.lapsesAt) || !this.#exists(message)) continue;
      const changed = { ...message, lapsesAt: message.lapsesAt + by };
      moved.set(message, changed);
      this.#last.set(subject, changed);
    }
    this.#log = this.#log.map((message) => moved.get(message) ?? message);
  }

  purge(message: Message): void {
    if (this.#last.get(message.subject) === message) this.#last.delete(message.subject);
  }

  /** The existing messages with a sequence above `seq`, in order. */
  after(seq: Revision, wants: Wants): readonly Message[] {
    const found: Message[] = [];
    for (let index = this.#firstAbove(seq); index < this.#log.length; index += 1) {
      const message = this.#log[index];
      if (message && this.#exists(message) && wants(message.subject)) found.push(message);
    }
    return found;
  }

  /** A notifier that rings at every message of these subjects, until disposed. */
  listen(wants: Wants): Disposable & { readonly notifier: Notifier } {
    const notifier = new Notifier();
    this.#notifiers.set(notifier, wants);
    return { notifier, [Symbol.dispose]: () => void this.#notifiers.delete(notifier) };
  }

  #exists(message: Message): boolean {
    const now = this.#expiryPausedAt ?? this.#clock.monotonic();
    return this.#last.get(message.subject) === message && message.lapsesAt > now;
  }

  #firstAbove(seq: Revision): number {
    let low = 0;
    let high = this.#log.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#log[middle]?.seq ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The log also contains overwritten messages. It is compacted when most of it is overwritten. */
  #forgetOld(): void {
    if (this.#log.length < 50 + 2 * this.#last.size) return;
    this.#log = this.#log.filter((message) => this.#last.get(message.subject) === message);
  }
}
