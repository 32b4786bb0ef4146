import type { Millis, Revision } from '../../../domain/time.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { deliveries } from '../read/deliveries.ts';
import { readLast } from '../read/leader-read.ts';
import type { Delivered } from '../read/supervised-consumer.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { messageAt, originOf } from '../streams/last-event.ts';

/** An event that is in the outbox. */
interface OutboxEvent {
  /** Below the namespace. */
  readonly subject: string;
  readonly revision: Revision;
  readonly text: string;
}

/** An event of the outbox, and where the audit has it; 0: nowhere. */
export interface ComparedEvent extends OutboxEvent {
  readonly auditSeq: Revision;
}

/**
 * The oldest events of the outbox up to a revision, at most `limit` of them, each compared with the event
 * that the audit has from the same revision: the audit has it if subject and text are the same.
 *
 * Both are in the order of the revisions, so each is read once, from the oldest event of the outbox on.
 */
export async function compareOutbox(
  connection: SupervisedConnection,
  names: SubjectNames,
  upTo: Revision,
  within: Millis,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly ComparedEvent[]> {
  const waiting = await oldestEvents(connection, names, upTo, within, limit);
  const [oldest] = waiting;
  const newest = waiting.at(-1);
  if (!oldest || !newest) return [];
  const audited = await auditedFrom(connection, names, oldest, newest.revision, within);
  return waiting.map((event) => {
    const found = audited.get(event.revision);
    const isSame = found?.subject === event.subject && found.text === event.text;
    return { ...event, auditSeq: isSame ? found.seq : 0 };
  });
}

async function oldestEvents(
  connection: SupervisedConnection,
  names: SubjectNames,
  upTo: Revision,
  within: Millis,
  limit: number,
): Promise<readonly OutboxEvent[]> {
  const { stream } = names.registry;
  const all = `${names.eventPrefix}>`;
  const oldest = await messageAt(connection, stream, { seq: 1, subject: all }, within);
  if (oldest === undefined || oldest.seq > upTo) return [];
  const events: OutboxEvent[] = [];
  const source = { stream, subjects: [all], from: oldest.seq, within };
  for await (const batch of deliveries(connection, source, upTo)) {
    for (const { msg, seq } of batch) {
      const subject = msg.subject.slice(names.eventPrefix.length);
      events.push({ subject, revision: seq, text: msg.string() });
      if (events.length >= limit) return events;
    }
  }
  return events;
}

/** The events of the audit from the oldest of the outbox on, by their revision. */
async function auditedFrom(
  connection: SupervisedConnection,
  names: SubjectNames,
  oldest: OutboxEvent,
  upTo: Revision,
  within: Millis,
): Promise<ReadonlyMap<Revision, OutboxEvent & { readonly seq: Revision }>> {
  const { auditStream: stream, auditPrefix, registry } = names;
  const found = new Map<Revision, OutboxEvent & { readonly seq: Revision }>();
  const info = await streamInfo(connection, stream, within);
  if (info === undefined || info.state.messages === 0) return found;
  const known = await readLast(connection, stream, auditPrefix + oldest.subject, within);
  const isThere = originOf(known, registry) === oldest.revision;
  const from = isThere && known ? known.seq : info.state.first_seq;
  const source = { stream, subjects: [], from, within };
  for await (const batch of deliveries(connection, source, info.state.last_seq)) {
    for (const delivered of batch) {
      const revision = revisionOf(delivered);
      if (revision > upTo) return found;
      const { msg, seq } = delivered;
      const subject = msg.subject.slice(auditPrefix.length);
      found.set(revision, { subject, revision, text: msg.string(), seq });
    }
  }
  return found;
}

const revisionOf = ({ msg }: Delivered): Revision =>
  Number(msg.headers?.get('Nats-Stream-Source').split(' ')[1] ?? 0);
