import { Fault } from '../../../domain/fault.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import type { WatchEvent } from '../../../ports/watch.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import { deliveredEntry } from '../connection/message.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { FreshnessCheck } from './freshness-check.ts';
import { takeSnapshot } from './snapshot.ts';
import { SupervisedConsumer } from './supervised-consumer.ts';

export interface WatchSpec {
  readonly bucket: BucketNames;
  /** Relative to the bucket's prefix; they must not overlap. */
  readonly filters: readonly string[];
  /** After a longer interruption a watch starts over: a tombstone may have expired unseen. */
  readonly forgetAfter: Millis;
  readonly within: Millis;
}

/** How far a watch has reported, and on which stream. */
interface Cursor {
  readonly upTo: Revision;
  /** Differs after the stream was recreated under the same name. */
  readonly created: string;
}

/**
 * A watch that survives lost servers and connections: consumer after consumer, each from the position
 * of the last one.
 *
 * It ends when `signal` aborts. After any other interruption it yields `stale` and tries again.
 */
export async function* watch(
  connection: SupervisedConnection,
  spec: WatchSpec,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  let cursor: Cursor | undefined;
  let lastItemAt = now();
  let stale = false;
  for (let tries = 0; !signal.aborted; tries += 1) {
    let why = 'not connected';
    if (await connection.connected(seconds(2), signal)) {
      const away = elapsedSince(lastItemAt);
      if (away > spec.forgetAfter) cursor = undefined;
      const steps = followOnce(connection, spec, cursor, signal);
      try {
        let item = await steps.next();
        for (; !item.done; item = await steps.next()) {
          tries = 0;
          stale = false;
          lastItemAt = now();
          cursor = item.value.cursor;
          yield item.value.event;
        }
        why = item.value;
      } finally {
        await steps.return('left');
      }
    }
    if (signal.aborted) return;
    if (!stale) yield { kind: 'stale', why };
    stale = true;
    await sleep(backoff(tries, 50, 2000), signal);
  }
}

interface Step {
  readonly event: WatchEvent;
  readonly cursor: Cursor;
}

/** Follows one consumer from the cursor until it ends; returns why it ended. */
async function* followOnce(
  connection: SupervisedConnection,
  spec: WatchSpec,
  cursor: Cursor | undefined,
  signal: AbortSignal,
): AsyncGenerator<Step, string, undefined> {
  const { bucket, within } = spec;
  try {
    const info = await streamInfo(connection, bucket.stream, within, signal);
    if (info === undefined) return `stream ${bucket.stream} is missing`;
    const { created, state, config } = info;
    const resumes =
      cursor !== undefined &&
      cursor.created === created &&
      cursor.upTo <= state.last_seq &&
      cursor.upTo >= (config.first_seq ?? 0) - 1;
    let upTo = cursor?.upTo ?? 0;
    if (!resumes) {
      const all = await takeSnapshot(connection, { ...spec, atLeast: 0, signal });
      upTo = all.upTo;
      const entries = all.entries.filter((entry) => entry.text !== undefined);
      yield { event: { kind: 'snapshot', entries, upTo }, cursor: { upTo, created } };
    }
    const filters = spec.filters.map((filter) => bucket.prefix + filter);
    const consumerSpec = { stream: bucket.stream, filters, from: upTo + 1, within, signal };
    await using consumer = await SupervisedConsumer.open(connection, consumerSpec);
    const freshnessCheck = new FreshnessCheck(
      () => streamInfo(connection, bucket.stream, seconds(2), signal),
      info,
    );
    return yield* changes(consumer, spec, freshnessCheck, { upTo, created });
  } catch (cause) {
    if (cause instanceof Fault) return cause.message;
    throw cause;
  }
}

async function* changes(
  consumer: SupervisedConsumer,
  { bucket }: WatchSpec,
  freshnessCheck: FreshnessCheck,
  cursor: Cursor,
): AsyncGenerator<Step, string, undefined> {
  const { created } = cursor;
  let { upTo } = cursor;
  for (;;) {
    const item = await consumer.next();
    if (item.kind === 'dead') return item.why;
    if (item.kind === 'messages') {
      // A replica that lags may start before the sequence that its consumer was created with.
      const previous = upTo;
      const unseen = item.messages.filter(({ seq }) => seq > previous);
      const entries = unseen.map(({ msg, seq }) => deliveredEntry(bucket, msg, seq));
      upTo = Math.max(upTo, item.messages.at(-1)?.seq ?? 0);
      const storedAt = unseen.at(-1)?.storedAt;
      const event = { kind: 'changes', entries, upTo, ...(storedAt && { storedAt }) } as const;
      yield { event, cursor: { upTo, created } };
      continue;
    }
    const freshness = freshnessCheck.onHeartbeat(item.position);
    if (typeof freshness === 'object') return freshness.lost;
    if (item.position > upTo) {
      upTo = item.position;
      yield { event: { kind: 'changes', entries: [], upTo }, cursor: { upTo, created } };
    } else if (freshness === 'fresh')
      yield { event: { kind: 'heartbeat' }, cursor: { upTo, created } };
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
