import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import type { SnapshotReader, WatchEvent } from '../../../ports/watch.ts';
import { backoff, fraction, sleep } from '../connection/backoff.ts';
import { deliveredEntry } from '../connection/message.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { serverTimeOf } from '../streams/stream-info.ts';
import { FreshnessCheck, otherHistory } from './freshness-check.ts';
import { type Position, whyNotResumable } from './resumable.ts';
import type { DeliveredMessages } from './same-history.ts';
import { takeSnapshot } from './snapshot.ts';
import { SupervisedConsumer } from './supervised-consumer.ts';

export interface WatchSpec {
  readonly bucket: BucketNames;
  /** Relative to the bucket's prefix; they must not overlap. */
  readonly filters: readonly string[];
  /** After a longer interruption a watch starts over: a tombstone may have expired unseen. */
  readonly forgetAfter: Millis;
  readonly within: Millis;
  readonly reader?: SnapshotReader;
  /** Time between two periodic snapshots of a stream with so many messages. */
  readonly resyncEvery?: (messages: number) => Millis;
}

const periodic = 'periodic check';

/**
 * Every 5 minutes, and at most 20 messages a second for each watch. A snapshot of 10 000 records costs the
 * server 63 ms of CPU and the client 146 ms, so 2000 watches cost the server at most a quarter of a core
 * (measured on 2 shared cores, Node 26.10, nats-server 2.15.1). Jitter of a quarter keeps them apart.
 */
const defaultResync = (messages: number): Millis => Math.max(seconds(300), messages * 50);

interface Cursor extends Position {
  readonly delivered: DeliveredMessages;
}

/** Where a watch continues: behind a cursor, or with a snapshot. */
type Start = Cursor | { readonly snapshotBecause: string | undefined };

/**
 * A watch that survives lost servers and connections: consumer after consumer, each from the position
 * of the last one, as long as the leader proves that it has the same history (`DeliveredMessages`).
 *
 * It ends when `signal` aborts. After any other interruption it yields `stale` and tries again. A
 * periodic snapshot replaces the view without `stale`.
 */
export async function* watch(
  connection: SupervisedConnection,
  spec: WatchSpec,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  let start: Start = { snapshotBecause: undefined };
  let lastItemAt = now();
  let stale = false;
  let refusal: string | undefined;
  for (let tries = 0; !signal.aborted; tries += 1) {
    let end: End = { why: 'not connected' };
    if (await connection.connected(seconds(2), signal)) {
      const away = elapsedSince(lastItemAt);
      if ('upTo' in start && away > spec.forgetAfter)
        start = { snapshotBecause: `nothing was received for ${Math.round(away / 1000)} s` };
      const steps = followOnce(connection, spec, start, signal);
      try {
        let item = await steps.next();
        for (; !item.done; item = await steps.next()) {
          tries = 0;
          stale = false;
          refusal = undefined;
          lastItemAt = now();
          start = item.value.cursor;
          yield item.value.event;
        }
        end = item.value;
      } finally {
        await steps.return({ why: 'left' });
      }
    }
    if (signal.aborted) return;
    if ('upTo' in start && end.startOver) start = { snapshotBecause: end.why };
    if (end.isPlanned) continue;
    // A refusal is reported even after another reason: it lasts until an operator changes a permission or a limit.
    const isNews = end.isRefusal === true && end.why !== refusal;
    if (!stale || isNews) yield { kind: 'stale', why: end.why };
    if (isNews) refusal = end.why;
    stale = true;
    await sleep(backoff(tries, 50, 2000), signal);
  }
}

interface Step {
  readonly event: WatchEvent;
  readonly cursor: Cursor;
}

/** Why following ended. */
interface End {
  readonly why: string;
  /** The view must be replaced by a snapshot. */
  readonly startOver?: boolean;
  /** The server refused a consumer: a right is missing, or a limit is reached. */
  readonly isRefusal?: boolean;
  /** Nothing is wrong: the view was current until now. */
  readonly isPlanned?: boolean;
}

/** Follows one consumer from the start until it ends. */
async function* followOnce(
  connection: SupervisedConnection,
  spec: WatchSpec,
  start: Start,
  signal: AbortSignal,
): AsyncGenerator<Step, End, undefined> {
  const { bucket, within } = spec;
  try {
    const info = await streamInfo(connection, bucket.stream, within, signal);
    if (info === undefined) return { why: `stream ${bucket.stream} is missing` };
    const { created } = info;
    const resumed = 'upTo' in start ? await resume(connection, spec, start, info) : start;
    let from: Revision;
    let cursor: Cursor;
    if ('from' in resumed) ({ from, cursor } = resumed);
    else {
      const { entries, upTo, delivered } = await takeSnapshot(connection, {
        ...spec,
        atLeast: 0,
        signal,
      });
      from = upTo;
      cursor = { upTo, created, delivered, answeredAt: serverTimeOf(info) };
      yield { event: snapshotEvent(entries, upTo, resumed.snapshotBecause), cursor };
    }
    const filters = spec.filters.map((filter) => bucket.prefix + filter);
    const consumerSpec = { stream: bucket.stream, filters, from: from + 1, within, signal };
    await using consumer = await SupervisedConsumer.open(connection, consumerSpec);
    return yield* changes(connection, consumer, spec, { info, from, cursor }, signal);
  } catch (cause) {
    if (cause instanceof Fault)
      return { why: cause.message, isRefusal: cause.code === 'store-refused' };
    throw cause;
  }
}

/** Where to resume behind the cursor, or why that is not possible. */
async function resume(
  connection: SupervisedConnection,
  { bucket, within, forgetAfter }: WatchSpec,
  cursor: Cursor,
  info: StreamInfo,
): Promise<{ from: Revision; cursor: Cursor } | { snapshotBecause: string }> {
  const why = whyNotResumable(cursor, info, forgetAfter);
  if (why !== undefined) return { snapshotBecause: why };
  const from = await cursor.delivered.provenAt(connection, bucket.stream, cursor.upTo, within);
  if (from === 'other') return { snapshotBecause: otherHistory };
  if (from === 'unproven') return { snapshotBecause: 'the last messages were all overwritten' };
  return { from, cursor };
}

/** The first snapshot has no removals: there is no view yet that they could explain. */
function snapshotEvent(
  all: readonly KeyValueEntry[],
  upTo: Revision,
  why: string | undefined,
): WatchEvent {
  const entries = all.filter(({ text }) => text !== undefined);
  if (why === undefined) return { kind: 'snapshot', entries, upTo };
  return {
    kind: 'snapshot',
    entries,
    upTo,
    why,
    removals: all.filter(({ text }) => text === undefined),
  };
}

async function* changes(
  connection: SupervisedConnection,
  consumer: SupervisedConsumer,
  { bucket, resyncEvery = defaultResync, within }: WatchSpec,
  { info, from, cursor }: { info: StreamInfo; from: Revision; cursor: Cursor },
  signal: AbortSignal,
): AsyncGenerator<Step, End, undefined> {
  const { created, delivered } = cursor;
  let { upTo } = cursor;
  const position = (): Cursor => {
    const { answeredAt } = freshnessCheck;
    return { upTo, created, delivered, answeredAt };
  };
  const freshnessCheck = new FreshnessCheck(
    {
      info: () => streamInfo(connection, bucket.stream, seconds(2), signal),
      hasOtherHistory: async () =>
        (await delivered.provenAt(connection, bucket.stream, upTo, within)) === 'other',
    },
    info,
  );
  const resyncAt = performance.now() + resyncEvery(info.state.messages) * (0.75 + fraction() / 2);
  for (;;) {
    const item = await consumer.next();
    if (item.kind === 'dead') return { why: item.why };
    if (item.kind === 'messages') {
      // A replica that lags may start before the sequence that its consumer was created with.
      const unseen = item.messages.filter(({ seq }) => seq > from && !delivered.includes(seq));
      // Everything up to here was reported, and the proof left no message of the same history between.
      if (unseen.some(({ seq }) => seq <= upTo)) return { why: otherHistory, startOver: true };
      delivered.add(unseen);
      const entries = unseen.map(({ msg, seq }) => deliveredEntry(bucket, msg, seq));
      upTo = Math.max(upTo, item.messages.at(-1)?.seq ?? 0);
      const storedAt = unseen.at(-1)?.storedAt;
      const event = { kind: 'changes', entries, upTo, ...(storedAt && { storedAt }) } as const;
      yield { event, cursor: position() };
    } else {
      const freshness = freshnessCheck.onHeartbeat(item.position);
      if (typeof freshness === 'object') return { why: freshness.lost };
      if (item.position > upTo) {
        upTo = item.position;
        yield { event: { kind: 'changes', entries: [], upTo }, cursor: position() };
      } else if (freshness === 'fresh') yield { event: { kind: 'heartbeat' }, cursor: position() };
    }
    if (performance.now() >= resyncAt) return { why: periodic, startOver: true, isPlanned: true };
  }
}

interface Moment {
  readonly monotonic: Millis;
  readonly wall: Millis;
}

const now = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

/** By the clock that advanced further: the monotonic clock stops while the machine sleeps. */
const elapsedSince = (then: Moment): Millis =>
  Math.max(performance.now() - then.monotonic, Date.now() - then.wall);
