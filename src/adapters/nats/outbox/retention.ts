import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import { retentionViolation } from '../../../domain/policy/retention.ts';
import type { Millis, Revision, WallTime } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';

/**
 * Limits how much of the history is kept: the server trims what exceeds it, now and from now on, though
 * nobody may delete or purge. A stream that has these limits is not written to.
 *
 * `keyframe`: the last one that is signed. What it stands for may go; limits that would remove at once
 * what comes after it are refused. Later nothing but collectors keeps keyframes ahead of the trimming:
 * where none does, `audit verify` says that the history begins without one.
 * @throws {Fault} `store-refused` with the reason, `store-unavailable`, `store-misconfigured`
 */
export async function applyRetention(
  link: SupervisedConnection,
  { auditStream }: SubjectNames,
  limits: Retention,
  keyframe: Revision,
  within: Millis,
): Promise<void> {
  const info = await streamInfo(link, auditStream, within);
  if (info === undefined) throw new Fault('store-misconfigured', `${auditStream} is missing`);
  const { config, state } = info;
  const wanted = settingsFor(limits);
  if (wanted.every(([name, value]) => config[name] === value)) return;
  const next = keyframe + 1;
  const extent = {
    first: state.first_seq,
    last: state.last_seq,
    events: state.messages,
    bytes: state.bytes,
    nextStoredAt:
      next < state.first_seq || next > state.last_seq
        ? undefined
        : await timeOf(link, auditStream, next, within),
  };
  const why = retentionViolation(extent, limits, keyframe, Date.now());
  if (why !== undefined) {
    throw new Fault('store-refused', `${auditStream}: ${why}`, {
      hint: 'a seated collector makes a keyframe every 10 000 events, and once a day',
    });
  }
  const what = `STREAM.UPDATE.${auditStream}`;
  const update = { ...config, ...Object.fromEntries(wanted) };
  expectOk(what, await askApi<StreamInfo>(link, what, update, { within }));
}

const settingsFor = ({ maxAge, maxBytes }: Retention) =>
  [
    ['max_age', (maxAge ?? 0) * 1_000_000], // nanoseconds
    ['max_bytes', maxBytes ?? -1],
    // Only so do bytes trim: a stream that discards what is new refuses instead, and the audit stops.
    ['discard', maxBytes === undefined ? 'new' : 'old'],
  ] as const;

async function timeOf(
  link: SupervisedConnection,
  stream: string,
  seq: Revision,
  within: Millis,
): Promise<WallTime> {
  const what = `STREAM.MSG.GET.${stream}`;
  const answer = await askApi<{ message: { time: string } }>(link, what, { seq }, { within });
  return Date.parse(expectOk(what, answer).message.time);
}
