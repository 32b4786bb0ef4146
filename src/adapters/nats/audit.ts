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

/** How long a replay may go without a new event before it gives up. */
const patience: Millis = seconds(15);

/**
 * How long a server may say that it is there, and send nothing of what is due. One whose copy cannot
 * be read, as after its disk was full, does so for ever; the next consumer may be on another.
 */
const stuckAfter: Millis = 2500;

/** @param within how long one call may take, all its tries together */
export function natsAudit(link: SupervisedConnection, names: SubjectNames, within: Millis): Audit {
  const range = async () => {
    const info = await streamInfo(link, names.auditStream, within);
    if (info === undefined) {
      throw new Fault('store-misconfigured', `stream ${names.auditStream} is missing`);
    }
    return { first: info.state.first_seq, last: info.state.last_seq };
  };
  return {
    append: (event) => append(link, names, event, within),
    range,
    tidy: () => trimOutbox(link, names, within),
    limit: (retention, keyframe) => applyRetention(link, names, retention, keyframe, within),

    async *read(from, filters) {
      const { first, last } = await range();
      const start = Math.max(from, first, 1);
      if (start > last) return;
      const until = { last, patience };
      for await (const some of delivered(link, names, { from: start, filters, within }, until)) {
        for (const one of some) yield storedEvent(names, one);
      }
    },

    async *follow(from, signal, filters) {
      const source = { from: Math.max(from, 1), filters, within, signal };
      for await (const some of delivered(link, names, source, undefined)) {
        for (const one of some) yield storedEvent(names, one);
      }
    },
  };
}

/**
 * Stores the event unless it is in the outbox or, the outbox being emptied, in the audit.
 *
 * The outbox is looked at first: an event that leaves it between the two looks is in the audit by then.
 */
async function append(
  link: SupervisedConnection,
  names: SubjectNames,
  event: EventWrite,
  within: Millis,
): Promise<'appended' | 'already'> {
  const until = performance.now() + within;
  const left = () => Math.max(250, until - performance.now());
  const subject = names.eventPrefix + event.subject;
  const headers = [['Nats-Expected-Last-Subject-Sequence', '0']] as const;
  let why = 'no time left';
  for (let mine = false; performance.now() < until; mine = true) {
    const there =
      (await readLast(link, names.registry.stream, subject, left())) ??
      (await readLast(link, names.auditStream, names.auditPrefix + event.subject, left()));
    // After an answer that was lost, what stands there with our text is what we wrote.
    if (there !== undefined) return mine && there.text === event.text ? 'appended' : 'already';
    const outcome = await publish(link, [{ subject, text: event.text, headers }], left());
    if (outcome.kind === 'stored') return 'appended';
    if (outcome.kind === 'conflict') return 'already';
    why = outcome.why;
    if (outcome.kind === 'unavailable') break;
  }
  throw new Fault('store-unavailable', `the event ${event.subject}: ${why}`);
}

interface Source {
  readonly from: Revision;
  readonly filters: readonly string[] | undefined;
  readonly within: Millis;
  readonly signal?: AbortSignal;
}

/**
 * Messages as they queue up, tap after tap, each from behind the last event; to `end.last`, or until
 * the signal. With an end it is a replay that somebody waits for: then long silence is a failure.
 *
 * As they came: where the reader is slow thousands queue up, and whoever reads in slices must not wait
 * until all of them are parsed.
 */
async function* delivered(
  link: SupervisedConnection,
  names: SubjectNames,
  { from, filters = [], within, signal }: Source,
  end: { readonly last: Revision; readonly patience: Millis } | undefined,
): AsyncGenerator<readonly Delivered[], void, undefined> {
  const subjects = filters.map((filter) => names.auditPrefix + filter);
  let next = from;
  let progressAt = performance.now();
  let why = 'not connected';
  for (let tries = 0; !signal?.aborted; tries += 1) {
    if (end !== undefined && performance.now() - progressAt > end.patience) {
      throw new Fault('store-unavailable', `the audit, from ${next} on: ${why}`);
    }
    if (!(await link.connected(seconds(2), signal))) continue;
    try {
      const spec = { stream: names.auditStream, filters: subjects, from: next, within, signal };
      // What a filter skips at the end is told by a heartbeat only: somebody waits for it.
      const soon = end === undefined ? {} : { heartbeat: 100 };
      await using tap = await SupervisedConsumer.open(link, { ...spec, ...soon });
      if (next > from) await assertReaches(link, names, next - 1, within);
      let searched = { position: 0, at: performance.now() };
      for (;;) {
        const item = await tap.next();
        if (item.kind === 'dead') {
          why = item.why;
          break;
        }
        if (item.kind === 'idle') {
          const { position } = item;
          if (end !== undefined && position >= end.last) return;
          const now = performance.now();
          if (position > searched.position) {
            searched = { position, at: now };
            progressAt = now;
          } else if (now - searched.at > stuckAfter) {
            // Behind the end of a stream that somebody follows there is nothing due.
            const due = end !== undefined || (await tap.progress()).pending > 0;
            why = `a server is there, and sends nothing behind ${position}`;
            if (due) break;
            searched = { position, at: now };
          }
          continue;
        }
        const wanted = item.messages.filter(({ seq }) => end === undefined || seq <= end.last);
        if (wanted.length > 0) yield wanted;
        const last = item.messages.at(-1);
        next = (last?.seq ?? next) + 1;
        if (end !== undefined && next > end.last) return;
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

/** An audit that ends before what it has already told is another one: to wait for more is no use. */
async function assertReaches(
  link: SupervisedConnection,
  { auditStream }: SubjectNames,
  seq: Revision,
  within: Millis,
): Promise<void> {
  const last = (await streamInfo(link, auditStream, within))?.state.last_seq ?? 0;
  if (last >= seq) return;
  throw new Fault(
    'store-misconfigured',
    `${auditStream} ends at ${last}, and has been read to ${seq}`,
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
