import type { Millis, Revision } from '../../../domain/time.ts';
import type { StreamMessage } from '../connection/message.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import type { Delivered } from '../read/supervised-consumer.ts';
import { type CopySource, copySourceOf, messageAt } from '../streams/last-event.ts';

/** An event of the audit, as a message of its stream. */
interface CopiedEvent extends CopySource {
  readonly subject: string;
  readonly seq: Revision;
  readonly text: string;
}

/** The last event of the audit that is no repeated copy; its sequence there, and the highest revision up to it. */
export interface AuditEnd {
  readonly seq: Revision;
  readonly origin: Revision;
}

const nothing: AuditEnd = { seq: 0, origin: 0 };

/**
 * The events that the audit has twice.
 *
 * If the registry's stream is restored while the servers run, nats-server takes it for another stream, and copies
 * the whole outbox again (measured with 2.15.1). Each copy names the identity of the stream that it is from. So the
 * copies from one stream are together in the audit, and only those whose revision an earlier stream has reached
 * can be repeated. Such a copy is compared with the earlier events of its subject: it is repeated if one of them
 * has the same revision and the same text. An event that was written into revisions of a lost registry is not.
 */
export class RepeatedCopies {
  readonly #connection: SupervisedConnection;
  readonly #names: SubjectNames;
  readonly #within: Millis;
  /** What the audit had before it copied from a stream, by the identity of that stream. */
  readonly #before = new Map<string, AuditEnd>();
  /** The answers about copies; they never change. */
  readonly #answers = new Map<string, boolean>();

  /** `front`: the first event of the audit, if it is known. */
  constructor(
    connection: SupervisedConnection,
    names: SubjectNames,
    within: Millis,
    front?: StreamMessage,
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#within = within;
    if (front) this.#before.set(identityOf(front), nothing);
  }

  /**
   * Those of these events that are no repeated copies.
   * @throws {Fault} `store-unavailable`
   */
  async without(batch: readonly Delivered[]): Promise<readonly Delivered[]> {
    const kept: Delivered[] = [];
    for (const delivered of batch) {
      const { msg, seq } = delivered;
      const source = copySourceOf(msg.headers?.get('Nats-Stream-Source'));
      const before = this.#before.get(source.identity) ?? (await this.#beforeSourceOf(seq, source));
      const isNew = source.origin > before.origin;
      const event = () => ({ ...source, subject: msg.subject, seq, text: msg.string() });
      if (isNew || !(await this.#isRepeated(event()))) kept.push(delivered);
    }
    return kept;
  }

  /**
   * The last event that is no repeated copy. `last`: the last one of all.
   * @throws {Fault} `store-unavailable`, `store-refused`
   */
  async end(last: StreamMessage): Promise<AuditEnd> {
    const source = copySourceOf(last.header('Nats-Stream-Source'));
    const { subject, seq, text } = last;
    const before = this.#before.get(source.identity) ?? (await this.#beforeSourceOf(seq, source));
    if (source.origin > before.origin) return { seq, origin: source.origin };
    const isRepeated = await this.#isRepeated({ ...source, subject, seq, text });
    return isRepeated ? before : { seq, origin: before.origin };
  }

  /** What the audit had before it copied from the stream that it copied the event at `seq` from. */
  async #beforeSourceOf(seq: Revision, { identity }: CopySource): Promise<AuditEnd> {
    const front = await this.#at(1, `${this.#names.auditPrefix}>`);
    const isOnly = front === undefined || identityOf(front) === identity;
    const last = isOnly ? undefined : await this.#lastOfOther(identity, front.seq, seq);
    const before = last ? await this.end(last) : nothing;
    this.#before.set(identity, before);
    return before;
  }

  /** The last event before those from this stream: one at `low` is from another, one at `high` from this. */
  async #lastOfOther(
    identity: string,
    low: Revision,
    high: Revision,
  ): Promise<StreamMessage | undefined> {
    let [before, from] = [low, high];
    while (from - before > 1) {
      const middle = Math.floor((before + from) / 2);
      const found = await this.#at(middle);
      if (found && identityOf(found) === identity) from = middle;
      else before = middle;
    }
    return this.#at(before);
  }

  async #isRepeated(event: CopiedEvent): Promise<boolean> {
    const { identity, seq, origin, subject, text } = event;
    const key = `${identity} ${seq} ${origin}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    let earlier = await this.#at(1, subject);
    while (earlier && earlier.seq < seq && !isCopyOf(earlier, origin, text)) {
      earlier = await this.#at(earlier.seq + 1, subject);
    }
    const isRepeated = earlier !== undefined && earlier.seq < seq;
    this.#answers.set(key, isRepeated);
    return isRepeated;
  }

  #at(seq: Revision, subject?: string): Promise<StreamMessage | undefined> {
    const at = { seq, ...(subject !== undefined && { subject }) };
    return messageAt(this.#connection, this.#names.auditStream, at, this.#within);
  }
}

const identityOf = (event: StreamMessage): string =>
  copySourceOf(event.header('Nats-Stream-Source')).identity;

const isCopyOf = (event: StreamMessage, origin: Revision, text: string): boolean =>
  copySourceOf(event.header('Nats-Stream-Source')).origin === origin && event.text === text;
