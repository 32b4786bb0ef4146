import type { Millis, MonotonicTime, Revision } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { Notifier } from './notifier.ts';

export interface Message {
  readonly subject: string;
  readonly seq: Revision;
  /** undefined: a tombstone. */
  readonly text: string | undefined;
  readonly lapsesAt: MonotonicTime;
}

type Wants = (subject: string) => boolean;

/**
 * A stream as JetStream keeps it with history 1: the last message of each subject, all under one
 * sequence.
 *
 * A message with a TTL is gone from the moment it lapses and leaves no trace, its number included.
 * That is read off the clock when somebody looks, so that there is no timer to order against.
 */
export class MemoryStream {
  readonly #clock: Clock;
  readonly #last = new Map<string, Message>();
  readonly #bells = new Map<Notifier, Wants>();
  #log: Message[] = [];
  #seq: Revision;
  /** While nothing lapses: since when. */
  #lapsesHeldAt: MonotonicTime | undefined;

  constructor(clock: Clock, firstSeq: Revision) {
    this.#clock = clock;
    this.#seq = firstSeq - 1;
  }

  get lastSeq(): Revision {
    return this.#seq;
  }

  last(subject: string): Message | undefined {
    const message = this.#last.get(subject);
    return message && this.#stands(message) ? message : undefined;
  }

  /** What a compare-and-set must expect of this subject. */
  seqOf(subject: string): Revision {
    return this.last(subject)?.seq ?? 0;
  }

  append(
    subject: string,
    text: string | undefined,
    ttl: Millis = Number.POSITIVE_INFINITY,
  ): Revision {
    this.#seq += 1;
    const message = { subject, seq: this.#seq, text, lapsesAt: this.#clock.monotonic() + ttl };
    this.#last.set(subject, message);
    this.#log.push(message);
    this.#forgetOld();
    for (const [bell, wants] of this.#bells) if (wants(subject)) bell.ring();
    return message.seq;
  }

  /** Nothing lapses until it is disposed: without a leader, nobody takes away what is over. */
  holdLapses(): Disposable {
    this.#lapsesHeldAt ??= this.#clock.monotonic();
    return {
      [Symbol.dispose]: () => {
        this.#lapsesHeldAt = undefined;
      },
    };
  }

  purge(message: Message): void {
    if (this.#last.get(message.subject) === message) this.#last.delete(message.subject);
  }

  /** What stands with a number above `seq`, in order. */
  after(seq: Revision, wants: Wants): readonly Message[] {
    const found: Message[] = [];
    for (let at = this.#firstAbove(seq); at < this.#log.length; at += 1) {
      const message = this.#log[at];
      if (message && this.#stands(message) && wants(message.subject)) found.push(message);
    }
    return found;
  }

  /** Rings at every message for these subjects until it is disposed. */
  listen(wants: Wants): Disposable & { readonly bell: Notifier } {
    const bell = new Notifier();
    this.#bells.set(bell, wants);
    return { bell, [Symbol.dispose]: () => void this.#bells.delete(bell) };
  }

  #stands(message: Message): boolean {
    const at = this.#lapsesHeldAt ?? this.#clock.monotonic();
    return this.#last.get(message.subject) === message && message.lapsesAt > at;
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

  /** The log also holds what was overwritten; it is cleared out when most of it is that. */
  #forgetOld(): void {
    if (this.#log.length < 1000 + 2 * this.#last.size) return;
    this.#log = this.#log.filter((message) => this.#last.get(message.subject) === message);
  }
}
