import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../domain/fault.ts';
import type { Instant, Millis, Revision } from '../../domain/time.ts';
import { askApi, expectOk } from './api.ts';
import type { Link } from './link.ts';
import type { Names } from './names.ts';
import { streamInfo } from './streams.ts';

/** How much of the history is kept; what is left out has no limit. */
export interface Retention {
  /**
   * A seated collector signs the last keyframe anew every day: with less than two days, a history in
   * which nothing happens ends without a signature.
   */
  readonly maxAge?: Millis;
  readonly maxBytes?: number;
}

/** The average event's size is a guess; so many times as much must fit in behind the keyframe. */
const margin = 2;

/**
 * Limits how much of the history is kept: the server trims what exceeds it, now and from now on, though
 * nobody may delete or purge.
 *
 * `keyframe`: the last one that is signed. What it stands for may go; limits that would remove at once
 * what comes after it are refused. Later nothing but collectors keeps keyframes ahead of the trimming:
 * where none does, `audit verify` says that the history begins without one.
 * @throws {Fault} `store-refused` with the reason, `store-unavailable`, `store-misconfigured`
 */
export async function retain(
  link: Link,
  { auditStream }: Names,
  limits: Retention,
  keyframe: Revision,
  within: Millis,
): Promise<void> {
  const info = await streamInfo(link, auditStream, within);
  if (info === undefined) throw new Fault('store-misconfigured', `${auditStream} is missing`);
  const now = Date.now();
  const next = keyframe + 1;
  const storedAt =
    next > info.state.last_seq ? undefined : await timeOf(link, auditStream, next, within);
  const why = refusal(info, limits, keyframe, storedAt, now);
  if (why !== undefined) {
    throw new Fault('store-refused', `${auditStream}: ${why}`, {
      hint: 'a seated collector makes a keyframe every 10 000 events, and once a day',
    });
  }
  const { maxAge, maxBytes } = limits;
  const config = {
    ...info.config,
    max_age: (maxAge ?? 0) * 1_000_000, // nanoseconds
    max_bytes: maxBytes ?? -1,
    // Only so do bytes trim: a stream that discards what is new refuses instead, and the audit stops.
    discard: maxBytes === undefined ? 'new' : 'old',
  };
  const what = `STREAM.UPDATE.${auditStream}`;
  expectOk(what, await askApi<StreamInfo>(link, what, config, { within }));
}

/** Why these limits would take away at once what no keyframe stands for; undefined: they would not. */
function refusal(
  { state }: StreamInfo,
  { maxAge, maxBytes }: Retention,
  keyframe: Revision,
  nextStoredAt: Instant | undefined,
  now: Instant,
): string | undefined {
  if (maxAge === undefined && maxBytes === undefined) return undefined;
  if (keyframe <= 0) return 'there is no signed keyframe, so nothing may be trimmed';
  if (keyframe < state.first_seq - 1) {
    return `it begins at ${state.first_seq}, and the last signed keyframe is at ${keyframe}`;
  }
  if (maxAge !== undefined && nextStoredAt !== undefined && nextStoredAt < now - maxAge) {
    return `events after the last signed keyframe, at ${keyframe}, are older than that`;
  }
  if (maxBytes === undefined || state.messages === 0) return undefined;
  const behind = ((state.last_seq - keyframe) * state.bytes) / state.messages;
  if (behind * margin <= maxBytes) return undefined;
  const least = Math.ceil(behind * margin);
  return `what comes after the last signed keyframe, at ${keyframe}, needs some ${least} bytes`;
}

async function timeOf(link: Link, stream: string, seq: Revision, within: Millis): Promise<Instant> {
  const what = `STREAM.MSG.GET.${stream}`;
  const answer = await askApi<{ message: { time: string } }>(link, what, { seq }, { within });
  return Date.parse(expectOk(what, answer).message.time);
}
