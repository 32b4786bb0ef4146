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
  /** Below the bucket's prefix; they must not overlap. */
  readonly filters: readonly string[];
  /** Whoever was away longer starts over: a tombstone may have lapsed unseen. */
  readonly forgetAfter: Millis;
  readonly within: Millis;
}

/** Where a watch stands: what it has said, and of which stream. */
interface Cursor {
  readonly upTo: Revision;
  /** A stream made anew under the same name has another one. */
  readonly created: string;
}

/**
 * The supervised watch (nats.md §4): one tap after the other, each from where the last one was.
 *
 * It ends when `signal` is aborted; whatever else happens it says `stale` and tries again, for ever.
 */
export async function* watch(
  link: SupervisedConnection,
  spec: WatchSpec,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  let cursor: Cursor | undefined;
  let heard = now();
  let stale = false;
  for (let tries = 0; !signal.aborted; tries += 1) {
    let why = 'not connected';
    if (await link.connected(seconds(2), signal)) {
      const away = sinceEither(heard);
      if (away > spec.forgetAfter) cursor = undefined;
      const turn = followOnce(link, spec, cursor, signal);
      try {
        let item = await turn.next();
        for (; !item.done; item = await turn.next()) {
          tries = 0;
          stale = false;
          heard = now();
          cursor = item.value.cursor;
          yield item.value.feed;
        }
        why = item.value;
      } finally {
        await turn.return('left');
      }
    }
    if (signal.aborted) return;
    if (!stale) yield { kind: 'stale', why };
    stale = true;
    await sleep(backoff(tries, 50, 2000), signal);
  }
}

interface Said {
  readonly feed: WatchEvent;
  readonly cursor: Cursor;
}

/** One tap from the cursor on, until it dies; returns why it did. */
async function* followOnce(
  link: SupervisedConnection,
  spec: WatchSpec,
  cursor: Cursor | undefined,
  signal: AbortSignal,
): AsyncGenerator<Said, string, undefined> {
  const { bucket, within } = spec;
  try {
    const info = await streamInfo(link, bucket.stream, within, signal);
    if (info === undefined) return `stream ${bucket.stream} is missing`;
    const { created, state, config } = info;
    const resumes =
      cursor !== undefined &&
      cursor.created === created &&
      cursor.upTo <= state.last_seq &&
      cursor.upTo >= (config.first_seq ?? 0) - 1;
    let upTo = cursor?.upTo ?? 0;
    if (!resumes) {
      const all = await takeSnapshot(link, { ...spec, atLeast: 0, signal });
      upTo = all.upTo;
      const entries = all.entries.filter((entry) => entry.text !== undefined);
      yield { feed: { kind: 'snapshot', entries, upTo }, cursor: { upTo, created } };
    }
    const filters = spec.filters.map((filter) => bucket.prefix + filter);
    const tapSpec = { stream: bucket.stream, filters, from: upTo + 1, within, signal };
    await using tap = await SupervisedConsumer.open(link, tapSpec);
    const sight = new FreshnessCheck(
      () => streamInfo(link, bucket.stream, seconds(2), signal),
      info,
    );
    return yield* changes(tap, spec, sight, { upTo, created });
  } catch (cause) {
    if (cause instanceof Fault) return cause.message;
    throw cause;
  }
}

async function* changes(
  tap: SupervisedConsumer,
  { bucket }: WatchSpec,
  sight: FreshnessCheck,
  cursor: Cursor,
): AsyncGenerator<Said, string, undefined> {
  const { created } = cursor;
  let { upTo } = cursor;
  for (;;) {
    const item = await tap.next();
    if (item.kind === 'dead') return item.why;
    if (item.kind === 'messages') {
      // A replica that lags may begin before what its consumer was asked to begin with.
      const since = upTo;
      const fresh = item.messages.filter(({ seq }) => seq > since);
      const entries = fresh.map(({ msg, seq }) => deliveredEntry(bucket, msg, seq));
      upTo = Math.max(upTo, item.messages.at(-1)?.seq ?? 0);
      yield { feed: { kind: 'changes', entries, upTo }, cursor: { upTo, created } };
      continue;
    }
    const seen = sight.at(item.position);
    if (seen !== 'clear' && seen !== 'unsure') return seen.lost;
    if (item.position > upTo) {
      upTo = item.position;
      yield { feed: { kind: 'changes', entries: [], upTo }, cursor: { upTo, created } };
    } else if (seen === 'clear') yield { feed: { kind: 'heartbeat' }, cursor: { upTo, created } };
  }
}

interface Moment {
  readonly monotonic: Millis;
  readonly wall: Millis;
}

const now = (): Moment => ({ monotonic: performance.now(), wall: Date.now() });

/** By whichever clock moved further: the monotonic one stands still while the machine sleeps. */
const sinceEither = (then: Moment): Millis =>
  Math.max(performance.now() - then.monotonic, Date.now() - then.wall);
