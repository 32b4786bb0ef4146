import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import type { SnapshotReader } from '../../../ports/watch.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import { missingStream } from '../connection/missing-stream.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { CollectedEntries } from './collected-entries.ts';
import { DeliveredMessages } from './same-history.ts';
import { type Delivered, SupervisedConsumer } from './supervised-consumer.ts';

export interface Snapshot {
  /** In revision order, including tombstones; with a `reader` only the tombstones. */
  readonly entries: readonly KeyValueEntry[];
  /** The snapshot contains everything up to this revision. */
  readonly upTo: Revision;
  /** Its last messages. */
  readonly delivered: DeliveredMessages;
}

export interface SnapshotSpec {
  readonly bucket: BucketNames;
  /** Relative to the bucket's prefix; they must not overlap. */
  readonly filters: readonly string[];
  readonly atLeast: Revision;
  /** Receives the entries; otherwise they are returned. */
  readonly reader?: SnapshotReader | undefined;
  /** Time limit for each step of progress. */
  readonly within: Millis;
  readonly signal?: AbortSignal | undefined;
}

/** The minimum that a server allows: only a heartbeat reports the position behind the last match. */
const heartbeat: Millis = 100;

/** Heartbeats behind the leader after which another consumer is tried, possibly on a better replica. */
const maxHeartbeatsBehind = 10;

/**
 * Reads all entries that match the filters. The snapshot reaches at least to `atLeast` and to the end
 * of the stream that the leader reported when the read began.
 * @throws {Fault} `store-unavailable`, `store-misconfigured` (no such stream)
 */
export async function takeSnapshot(
  connection: SupervisedConnection,
  spec: SnapshotSpec,
): Promise<Snapshot> {
  const { within, signal } = spec;
  let until = performance.now() + within;
  let furthest: Revision = 0;
  // A try that only reaches the position of an earlier try is no progress.
  const reportProgress = (last: Revision) => {
    if (last > furthest) until = performance.now() + within;
    furthest = Math.max(furthest, last);
  };
  let why: string | undefined;
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    if (left <= 0 || signal?.aborted) throw readFault(spec, why ?? 'no time left');
    const result = await tryOnce(connection, spec, left, reportProgress).catch((cause: unknown) => {
      // The last try may only have run out of time: the reason is what ended the tries before it.
      if (why === undefined || !(cause instanceof Fault)) throw cause;
      if (cause.code !== 'store-unavailable') throw cause;
      throw readFault(spec, `${why}; then ${cause.message}`, cause);
    });
    if ('upTo' in result) return result;
    why = result.failure;
    await sleep(Math.min(backoff(tries, 20, 500), until - performance.now()), signal);
  }
}

const readFault = ({ filters }: SnapshotSpec, why: string, cause?: Fault): Fault =>
  new Fault(
    'store-unavailable',
    `${filters.join(', ')} cannot be read: ${why}`,
    cause && { cause },
  );

async function tryOnce(
  connection: SupervisedConnection,
  { bucket, filters: below, atLeast, reader, signal }: SnapshotSpec,
  within: Millis,
  reportProgress: (last: Revision) => void,
): Promise<Snapshot | { readonly failure: string }> {
  const leader = await streamInfo(connection, bucket.stream, within, signal);
  if (leader === undefined) {
    throw missingStream(bucket.stream);
  }
  const collected = new CollectedEntries(bucket, reader);
  const delivered = new DeliveredMessages();
  const filters = below.map((filter) => bucket.prefix + filter);
  const consumerSpec = { stream: bucket.stream, filters, from: 0, heartbeat, within, signal };
  await using consumer = await SupervisedConsumer.open(connection, consumerSpec);
  const leads = async () => {
    const now = await streamInfo(connection, bucket.stream, within, signal);
    return isStillLed(leader, now);
  };
  const end = await readToEnd(consumer, { leader, leads }, atLeast, (messages) => {
    reportProgress(messages.at(-1)?.seq ?? 0);
    delivered.add(messages);
    collected.add(messages);
  });
  if ('failure' in end) return end;
  return { entries: collected.entries, upTo: end.upTo, delivered };
}

/**
 * Reads messages until the consumer is at the end of its stream.
 *
 * A key that is overwritten during the read is delivered with its new revision only, so a snapshot that
 * ended earlier would lack it. A consumer may be on a replica that lags: unless it is on the leader, a
 * heartbeat must confirm that it has reached the position that the leader reported. The consumer's own
 * server tells where it is, so its word counts only if that server still leads when the read ends.
 */
async function readToEnd(
  consumer: SupervisedConsumer,
  { leader, leads }: { readonly leader: StreamInfo; leads(): Promise<boolean> },
  atLeast: Revision,
  take: (messages: readonly Delivered[]) => void,
): Promise<{ readonly upTo: Revision } | { readonly failure: string }> {
  const { last_seq } = leader.state;
  if (last_seq < atLeast) return { failure: `the stream ends at ${last_seq}, before ${atLeast}` };
  let taken = 0;
  let last: Revision = 0;
  let target = await deliveriesToTheEnd(consumer, leader);
  for (let behind = 0; behind < maxHeartbeatsBehind; ) {
    if (taken >= (target ?? Number.POSITIVE_INFINITY)) {
      if (await leads()) return { upTo: Math.max(last_seq, last) };
      target = Number.POSITIVE_INFINITY;
    }
    const item = await consumer.next();
    if (item.kind === 'dead') return { failure: item.why };
    if (item.kind === 'messages') {
      take(item.messages);
      taken += item.messages.length;
      last = item.messages.at(-1)?.seq ?? last;
      if (item.messages.at(-1)?.pending === 0)
        target ??= await deliveriesToTheEnd(consumer, leader);
    } else if (item.position >= last_seq) return { upTo: Math.max(item.position, last) };
    else behind += 1;
  }
  return { failure: `its replica is behind the leader's ${last_seq}` };
}

/** Whether the same server leads the same stream, which has lost nothing meanwhile. */
export const isStillLed = (before: StreamInfo, now: StreamInfo | undefined): boolean =>
  now?.created === before.created &&
  now.cluster?.leader === before.cluster?.leader &&
  now.state.last_seq >= before.state.last_seq;

/** Number of deliveries up to the end; undefined if not at the end, not on the leader, or without a consumer. */
async function deliveriesToTheEnd(
  consumer: SupervisedConsumer,
  leader: StreamInfo,
): Promise<number | undefined> {
  const state = await consumer.progress();
  if (!state) return undefined;
  const { server, deliveries, pending } = state;
  const atLeader = server === undefined || server === leader.cluster?.leader;
  return pending === 0 && atLeader ? deliveries : undefined;
}
