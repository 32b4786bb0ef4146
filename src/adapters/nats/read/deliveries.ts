import { Fault } from '../../../domain/fault.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { type Delivered, SupervisedConsumer } from './supervised-consumer.ts';

/** A replay fails when it gets no new message for so long. */
const replayTimeout: Millis = seconds(15);

/**
 * A consumer is replaced when its server sends heartbeats but none of the pending messages for so long. A
 * server whose copy of the stream is unreadable (after its disk was full) does so without end; the next
 * consumer may be on another server.
 */
const stuckAfter: Millis = 2500;

export interface DeliverySource {
  readonly stream: string;
  /** Complete subjects; empty: the whole stream. */
  readonly subjects: readonly string[];
  readonly from: Revision;
  readonly within: Millis;
  readonly signal?: AbortSignal;
}

/**
 * The messages of a stream in batches, consumer after consumer, each from behind the last one. Ends
 * after the sequence `last`, or at the signal if `last` is undefined. With `last` it is a replay that a
 * caller waits for, so a long silence is a failure.
 *
 * The batches are not parsed here: thousands of messages queue up for a slow reader, and a reader that
 * works in slices must not wait until all of them are parsed.
 */
export async function* deliveries(
  connection: SupervisedConnection,
  { stream, subjects, from, within, signal }: DeliverySource,
  end: Revision | undefined,
): AsyncGenerator<readonly Delivered[], void, undefined> {
  let next = from;
  let progressAt = performance.now();
  let why = 'not connected';
  for (let tries = 0; !signal?.aborted; tries += 1) {
    if (end !== undefined && performance.now() - progressAt > replayTimeout) {
      throw new Fault('store-unavailable', `${stream} cannot be read from ${next} on: ${why}`);
    }
    if (!(await connection.connected(seconds(2), signal))) continue;
    try {
      const spec = { stream, filters: subjects, from: next, within, signal };
      // Only a heartbeat reports that a filter skipped the last messages, and a caller waits for that.
      const heartbeat = end === undefined ? {} : { heartbeat: 100 };
      await using consumer = await SupervisedConsumer.open(connection, { ...spec, ...heartbeat });
      if (next > from) await assertReaches(connection, stream, next - 1, within);
      let searched = { position: 0, leaderAt: 0, at: performance.now() };
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
            searched = { position, leaderAt: 0, at: now };
            progressAt = now;
          } else if (now - searched.at > stuckAfter) {
            why = `the server sends heartbeats, but no messages after ${position}`;
            // A stream that is followed may be at its end, which only the leader knows: the server of the
            // consumer may lag. What the leader has now must arrive within another heartbeat.
            if (end !== undefined || position < searched.leaderAt) break;
            const leaderAt = await lastSequence(connection, stream, within);
            if (leaderAt < next - 1) break;
            const isBehind = position < leaderAt;
            searched = { position, leaderAt, at: isBehind ? now - stuckAfter : now };
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

const lastSequence = async (
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<Revision> => (await streamInfo(connection, stream, within))?.state.last_seq ?? 0;

/** A stream that ends before a message already read is another one: waiting for more is useless. */
async function assertReaches(
  connection: SupervisedConnection,
  stream: string,
  seq: Revision,
  within: Millis,
): Promise<void> {
  const last = await lastSequence(connection, stream, within);
  if (last >= seq) return;
  throw new Fault(
    'store-misconfigured',
    `${stream} ends at ${last}, but was already read up to ${seq}: it was recreated or restored`,
  );
}
