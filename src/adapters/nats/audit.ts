import { Fault } from '../../domain/fault.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Audit, StoredEvent } from '../../ports/audit.ts';
import type { EventWrite } from '../../ports/registry.ts';
import type { StreamMessage } from './connection/message.ts';
import { missingStream } from './connection/missing-stream.ts';
import type { SubjectNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { isRefused } from './connection/user-rights.ts';
import { RepeatedCopies } from './history/repeated-copies.ts';
import type { StoreGuard } from './history/store-guard.ts';
import { forgetLoss, readLosses } from './history/store-losses.ts';
import { readEnds } from './history/stream-ends.ts';
import { applyRetention, previewTrim, readLimits } from './outbox/retention.ts';
import { trimOutbox } from './outbox/trim-outbox.ts';
import { deliveries } from './read/deliveries.ts';
import { readLast, readLastCopy } from './read/leader-read.ts';
import type { Delivered } from './read/supervised-consumer.ts';
import { streamInfo } from './streams/ensure-streams.ts';
import { copySourceOf, messageAt } from './streams/last-event.ts';
import { publish } from './write/publish.ts';

/** @param within time limit of one call, all its tries together */
export function natsAudit(
  connection: SupervisedConnection,
  names: SubjectNames,
  guard: StoreGuard,
  within: Millis,
): Audit {
  const copies = new RepeatedCopies(connection, names, within);
  const range = async () => {
    const info = await streamInfo(connection, names.auditStream, within);
    if (info === undefined) {
      throw missingStream(names.auditStream);
    }
    const { first_seq: first, last_seq } = info.state;
    const last = await endWithoutCopies(connection, names, copies, last_seq, within);
    const createdAt = Date.parse(info.created);
    return { first, last, ...(Number.isFinite(createdAt) && { createdAt }) };
  };
  // Each refusal would be a line in the log of the server, and consumers ask for the latest losses.
  const requireHistory = async () => {
    const create = `$JS.API.CONSUMER.CREATE.${names.auditStream}.>`;
    if (!(await isRefused(connection, [create], within))) return;
    throw new Fault('store-refused', 'this login may not read the history', {
      hint: 'use the login of an auditor, an operator or a collector',
    });
  };
  const sourceOf = (filters: readonly string[] = []) => ({
    stream: names.auditStream,
    subjects: filters.map((filter) => names.auditPrefix + filter),
    within,
  });
  return {
    append: (event, isNew = false) => append(connection, names, guard, { ...event, isNew }, within),
    range,
    tidy: () => trimOutbox(connection, names, guard, within),
    isBehind: () => isBehind(connection, names, within),
    losses: () => readLosses(connection, names, within),
    settle: (loss) => forgetLoss(connection, names, loss, within),
    limit: (limits, keyframe, isWanted) =>
      applyRetention(connection, names, { limits, keyframe, isWanted }, within),
    limits: () => readLimits(connection, names, within),
    trim: (limits, keyframe) => previewTrim(connection, names, { limits, keyframe }, within),

    async *read(from, filters) {
      const { first, last } = await range();
      const start = Math.max(from, first, 1);
      if (start > last) return;
      await requireHistory();
      const source = { ...sourceOf(filters), from: start };
      yield* eventsOf(names, deliveries(connection, source, last), copies);
    },

    async *follow(from, signal, filters) {
      const source = { ...sourceOf(filters), from: Math.max(from, 1), signal };
      yield* eventsOf(names, deliveries(connection, source, undefined), copies);
    },
  };
}

/** The audit copies in order: it has all events if it has the last one, or a later one. */
async function isBehind(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<boolean> {
  const all = `${names.eventPrefix}>`;
  const last = await readLast(connection, names.registry.stream, all, within);
  const { audit } = await readEnds(connection, names, within);
  return (last?.seq ?? 0) > audit.origin;
}

/**
 * Stores the event unless it is in the outbox or in the audit. A new one is in neither, unless its first
 * acknowledgement was lost.
 *
 * The outbox is read first: an event that is removed from it between the two reads is in the audit by
 * then.
 */
async function append(
  connection: SupervisedConnection,
  names: SubjectNames,
  guard: StoreGuard,
  event: EventWrite & { readonly isNew: boolean },
  within: Millis,
): Promise<'appended' | 'already'> {
  const until = performance.now() + within;
  const remaining = () => Math.max(250, until - performance.now());
  const subject = names.eventPrefix + event.subject;
  const headers = [['Nats-Expected-Last-Subject-Sequence', '0']] as const;
  let why = 'no time left';
  for (let isRetry = false; performance.now() < until; isRetry = true) {
    const existing =
      event.isNew && !isRetry ? undefined : await storedAs(connection, names, event, remaining());
    // After a lost acknowledgement, an event with our text is the one that we wrote.
    if (existing !== undefined) {
      return isRetry && existing.text === event.text ? 'appended' : 'already';
    }
    const generation = await guard.ready(remaining());
    if (typeof generation === 'string') throw notStored(event, generation);
    const { seen } = guard;
    const outcome = await publish(
      connection,
      [{ subject, text: event.text, headers }],
      remaining(),
      { generation },
    );
    if (outcome.kind === 'stored') {
      guard.saw(outcome.seq, seen);
      return 'appended';
    }
    if (outcome.kind === 'conflict') return 'already';
    why = outcome.why;
    if (outcome.kind === 'unavailable' && connection.generation === generation) break;
  }
  throw notStored(event, why);
}

async function storedAs(
  connection: SupervisedConnection,
  names: SubjectNames,
  { subject }: EventWrite,
  within: Millis,
): Promise<StreamMessage | undefined> {
  const { registry, eventPrefix, auditStream, auditPrefix } = names;
  return (
    (await readLast(connection, registry.stream, eventPrefix + subject, within)) ??
    (await readLastCopy(connection, auditStream, auditPrefix + subject, within))
  );
}

const notStored = ({ subject }: EventWrite, why: string): Fault =>
  new Fault('store-unavailable', `the event ${subject} could not be stored: ${why}`);

/** Leaves out repeated copies. */
async function* eventsOf(
  names: SubjectNames,
  batches: AsyncIterable<readonly Delivered[]>,
  copies: RepeatedCopies,
): AsyncGenerator<StoredEvent, void, undefined> {
  let copiesBefore = 0;
  for await (const batch of batches) {
    const kept = new Set(await copies.without(batch));
    for (const delivered of batch) {
      if (!kept.has(delivered)) copiesBefore += 1;
      else {
        yield { ...storedEvent(names, delivered), ...(copiesBefore > 0 && { copiesBefore }) };
        copiesBefore = 0;
      }
    }
  }
}

function storedEvent(names: SubjectNames, { msg, seq, storedAt }: Delivered): StoredEvent {
  return {
    seq,
    storedAt,
    origin: copySourceOf(msg.headers?.get('Nats-Stream-Source')).origin,
    subject: msg.subject.slice(names.auditPrefix.length),
    text: msg.string(),
  };
}

/** The last sequence, not counting repeated copies. A login that may not read events has no use for more than the last of all. */
async function endWithoutCopies(
  connection: SupervisedConnection,
  names: SubjectNames,
  copies: RepeatedCopies,
  seq: Revision,
  within: Millis,
): Promise<Revision> {
  const what = `$JS.API.STREAM.MSG.GET.${names.auditStream}`;
  if (seq === 0 || (await isRefused(connection, [what], within))) return seq;
  const last = await messageAt(connection, names.auditStream, { seq }, within);
  return last ? (await copies.end(last)).seq : seq;
}
