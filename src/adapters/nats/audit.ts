import { Fault } from '../../domain/fault.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Audit, StoredEvent } from '../../ports/audit.ts';
import type { EventWrite } from '../../ports/registry.ts';
import { backoff, sleep } from './connection/backoff.ts';
import type { SubjectNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { applyRetention } from './outbox/retention.ts';
import { trimOutbox } from './outbox/trim-outbox.ts';
import { readLast } from './read/leader-read.ts';
import { type Delivered, SupervisedConsumer } from './read/supervised-consumer.ts';
import { streamInfo } from './streams/ensure-streams.ts';
import { publish } from './write/publish.ts';

/** A replay fails when it gets no new event for so long. */
const replayTimeout: Millis = seconds(15);

/**
 * A consumer is replaced when its server sends heartbeats but none of the pending events for so long. A
 * server whose copy of the stream is unreadable (after its disk was full) does so without end; the next
 * consumer may be on another server.
 */
const stuckAfter: Millis = 2500;

/** @param within time limit of one call, all its tries together */
export function natsAudit(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Audit {
  const range = async () => {
    const info = await streamInfo(connection, names.auditStream, within);
    if (info === undefined) {
      throw new Fault('store-misconfigured', `stream ${names.auditStream} is missing`);
    }
    return { first: info.state.first_seq, last: info.state.last_seq };
  };
  return {
    append: (event) => append(connection, names, event, within),
    range,
    tidy: () => trimOutbox(connection, names, within),
    limit: (retention, keyframe) => applyRetention(connection, names, retention, keyframe, within),

    async *read(from, filters) {
      const { first, last } = await range();
      const start = Math.max(from, first, 1);
      if (start > last) return;
      const source = { from: start, filters, within };
      for await (const batch of deliveries(connection, names, source, last)) {
        for (const delivery of batch) yield storedEvent(names, delivery);
      }
    },

    async *follow(from, signal, filters) {
      const source = { from: Math.max(from, 1), filters, within, signal };
      for await (const batch of deliveries(connection, names, source, undefined)) {
        for (const delivery of batch) yield storedEvent(names, delivery);
      }
    },
  };
}

/**
 * Stores the event unless it is in the outbox or in the audit.
 *
 * The outbox is read first: an event that is removed from it between the two reads is in the audit by
 * then.
 */
async function append(
  connection: SupervisedConnection,
  names: SubjectNames,
  event: EventWrite,
  within: Millis,
): Promise<'appended' | 'already'> {
  const until = performance.now() + within;
  const remaining = () => Math.max(250, until - performance.now());
  const subject = names.eventPrefix + event.subject;
  const headers = [['Nats-Expected-Last-Subject-Sequence', '0']] as const;
  let why = 'no time left';
  for (let isRetry = false; performance.now() < until; isRetry = true) {
    const existing =
      (await readLast(connection, names.registry.stream, subject, remaining())) ??
      (await readLast(
        connection,
        names.auditStream,
        names.auditPrefix + event.subject,
        remaining(),
      ));
    // After a lost acknowledgement, an event with our text is the one that we wrote.
    if (existing !== undefined) {
      return isRetry && existing.text === event.text ? 'appended' : 'already';
    }
    const outcome = await publish(
      connection,
      [{ subject, text: event.text, headers }],
      remaining(),
    );
    if (outcome.kind === 'stored') return 'appended';
    if (outcome.kind === 'conflict') return 'already';
    why = outcome.why;
    if (outcome.kind === 'unavailable') break;
  }
  throw new Fault('store-unavailable', `the event ${event.subject} could not be stored: ${why}`);
}

interface Source {
  readonly from: Revision;
  readonly filters: readonly string[] | undefined;
  readonly within: Millis;
  readonly signal?: AbortSignal;
}

/**
 * The messages of the audit in batches, consumer after consumer, each from behind the last event. Ends
 * after the sequence `last`, or at the signal if `last` is undefined. With `last` it is a replay that a
 * caller waits for, so a long silence is a failure.
 *
 * The batches are not parsed here: thousands of messages queue up for a slow reader, and a reader that
 * works in slices must not wait until all of them are parsed.
 */
async function* deliveries(
  connection: SupervisedConnection,
  names: SubjectNames,
  { from, filters = [], within, signal }: Source,
  end: Revision | undefined,
): AsyncGenerator<readonly Delivered[], void, undefined> {
  const subjects = filters.map((filter) => names.auditPrefix + filter);
  let next = from;
  let progressAt = performance.now();
  let why = 'not connected';
  for (let tries = 0; !signal?.aborted; tries += 1) {
    if (end !== undefined && performance.now() - progressAt > replayTimeout) {
      throw new Fault('store-unavailable', `the audit cannot be read from ${next} on: ${why}`);
    }
    if (!(await connection.connected(seconds(2), signal))) continue;
    try {
      const spec = { stream: names.auditStream, filters: subjects, from: next, within, signal };
      // Only a heartbeat reports that a filter skipped the last messages, and a caller waits for that.
      const heartbeat = end === undefined ? {} : { heartbeat: 100 };
      await using consumer = await SupervisedConsumer.open(connection, { ...spec, ...heartbeat });
      if (next > from) await assertReaches(connection, names, next - 1, within);
      let searched = { position: 0, at: performance.now() };
      for (;;) {
        const item = await consumer.next();
        if (item.kind === 'dead') {
          why = item.why;
          break;
        }
        if (item.kind === 'idle') {
          const { position } = item;
          if (end !== undefined && position >= end) return;
          const now = performance.now();
          if (position > searched.position) {
            searched = { position, at: now };
            progressAt = now;
          } else if (now - searched.at > stuckAfter) {
            // At the end of a stream that is followed nothing is pending.
            const isPending = end !== undefined || (await consumer.progress()).pending > 0;
            why = `the server sends heartbeats, but no events after ${position}`;
            if (isPending) break;
            searched = { position, at: now };
          }
          continue;
        }
        const batch = item.messages.filter(({ seq }) => end === undefined || seq <= end);
        if (batch.length > 0) yield batch;
        const last = item.messages.at(-1);
        next = (last?.seq ?? next) + 1;
        if (end !== undefined && next > end) return;
        tries = 0;
        progressAt = performance.now();
      }
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code !== 'store-unavailable') throw cause;
      why = cause.message;
    }
    await sleep(backoff(tries, 50, 2000), signal);
  }
}

/** An audit that ends before an event already read is another stream: waiting for more is useless. */
async function assertReaches(
  connection: SupervisedConnection,
  { auditStream }: SubjectNames,
  seq: Revision,
  within: Millis,
): Promise<void> {
  const last = (await streamInfo(connection, auditStream, within))?.state.last_seq ?? 0;
  if (last >= seq) return;
  throw new Fault(
    'store-misconfigured',
    `${auditStream} ends at ${last}, but was already read up to ${seq}: it was recreated or restored`,
  );
}

function storedEvent(names: SubjectNames, { msg, seq, storedAt }: Delivered): StoredEvent {
  return {
    seq,
    storedAt,
    origin: Number(msg.headers?.get('Nats-Stream-Source').split(' ')[1] ?? 0),
    subject: msg.subject.slice(names.auditPrefix.length),
    text: msg.string(),
  };
}
