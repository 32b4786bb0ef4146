import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import { deliveredEntry } from '../connection/message.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { type Delivered, SupervisedConsumer } from './supervised-consumer.ts';

export interface Snapshot {
  /** In the order of revisions, tombstones included. */
  readonly entries: readonly KeyValueEntry[];
  /** Everything up to here is in it. */
  readonly upTo: Revision;
}

export interface SnapshotSpec {
  readonly bucket: BucketNames;
  /** Below the bucket's prefix; they must not overlap. */
  readonly filters: readonly string[];
  readonly atLeast: Revision;
  /** How long it may take without getting any further. */
  readonly within: Millis;
  readonly signal?: AbortSignal | undefined;
}

/** The least that a server allows: what follows the last match is told by a heartbeat only. */
const heartbeat: Millis = 100;

/** Heartbeats behind the leader after which another consumer may sit on a better replica. */
const patience = 10;

/**
 * All that stands below the filters, from a view that has passed `atLeast` and all that the leader had
 * when it began.
 * @throws {Fault} `store-unavailable`, `store-misconfigured` (no such stream)
 */
export async function takeSnapshot(
  link: SupervisedConnection,
  spec: SnapshotSpec,
): Promise<Snapshot> {
  const { within, signal } = spec;
  let until = performance.now() + within;
  let furthest: Revision = 0;
  // To come as far as the last try did is not to get further.
  const got = (last: Revision) => {
    if (last > furthest) until = performance.now() + within;
    furthest = Math.max(furthest, last);
  };
  let why: string | undefined;
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    if (left <= 0 || signal?.aborted) throw notRead(spec, why ?? 'no time');
    const taken = await tryOnce(link, spec, left, got).catch((cause: unknown) => {
      // The last try may merely have had no time left: what ended those before it is the reason.
      if (why === undefined || !(cause instanceof Fault)) throw cause;
      if (cause.code !== 'store-unavailable') throw cause;
      throw notRead(spec, `${why}; then ${cause.message}`, cause);
    });
    if ('upTo' in taken) return taken;
    why = taken.dead;
    await sleep(Math.min(backoff(tries, 20, 500), until - performance.now()), signal);
  }
}

const notRead = ({ filters }: SnapshotSpec, why: string, cause?: Fault): Fault =>
  new Fault('store-unavailable', `reading ${filters.join(', ')}: ${why}`, cause && { cause });

async function tryOnce(
  link: SupervisedConnection,
  { bucket, filters: below, atLeast, signal }: SnapshotSpec,
  within: Millis,
  got: (last: Revision) => void,
): Promise<Snapshot | { readonly dead: string }> {
  const leader = await streamInfo(link, bucket.stream, within, signal);
  if (leader === undefined) {
    throw new Fault('store-misconfigured', `stream ${bucket.stream} is missing`);
  }
  const entries = new Map<string, KeyValueEntry>();
  const filters = below.map((filter) => bucket.prefix + filter);
  const tapSpec = { stream: bucket.stream, filters, from: 0, heartbeat, within, signal };
  await using tap = await SupervisedConsumer.open(link, tapSpec);
  const end = await takeAll(tap, leader, atLeast, (messages) => {
    got(messages.at(-1)?.seq ?? 0);
    for (const { msg, seq } of messages) {
      const entry = deliveredEntry(bucket, msg, seq);
      const before = entries.size;
      entries.set(entry.key, entry);
      if (entries.size > before) continue;
      // Overwritten on the way: the map stays in the order of revisions.
      entries.delete(entry.key);
      entries.set(entry.key, entry);
    }
  });
  return 'dead' in end ? end : { entries: [...entries.values()], upTo: end.upTo };
}

/**
 * Takes all that there is, until the consumer is at the end of its stream.
 *
 * At the very end, because a key that is overwritten on the way comes with its new revision only: a
 * view cut off before would lack it. A consumer may sit on a replica that lags: one that is not the
 * leader must say by a heartbeat that it has come as far as the leader was.
 */
async function takeAll(
  tap: SupervisedConsumer,
  leader: StreamInfo,
  atLeast: Revision,
  take: (messages: readonly Delivered[]) => void,
): Promise<{ readonly upTo: Revision } | { readonly dead: string }> {
  const { last_seq } = leader.state;
  if (last_seq < atLeast) return { dead: `the stream ends at ${last_seq}, before ${atLeast}` };
  let taken = 0;
  let last: Revision = 0;
  let target = await deliveriesToTheEnd(tap, leader);
  for (let behind = 0; behind < patience; ) {
    if (taken >= (target ?? Number.POSITIVE_INFINITY)) return { upTo: Math.max(last_seq, last) };
    const item = await tap.next();
    if (item.kind === 'dead') return { dead: item.why };
    if (item.kind === 'messages') {
      take(item.messages);
      taken += item.messages.length;
      last = item.messages.at(-1)?.seq ?? last;
      if (item.messages.at(-1)?.pending === 0) target ??= await deliveriesToTheEnd(tap, leader);
    } else if (item.position >= last_seq) return { upTo: Math.max(item.position, last) };
    else behind += 1;
  }
  return { dead: `its replica is behind the leader's ${last_seq}` };
}

/** How many deliveries there are to the end; undefined: not at the end, or it is no leader's. */
async function deliveriesToTheEnd(
  tap: SupervisedConsumer,
  leader: StreamInfo,
): Promise<number | undefined> {
  const { server, deliveries, pending } = await tap.progress();
  const atLeader = server === undefined || server === leader.cluster?.leader;
  return pending === 0 && atLeader ? deliveries : undefined;
}
