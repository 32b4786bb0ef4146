import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import { retentionViolation } from '../../../domain/policy/safe-retention.ts';
import type { Millis, Revision, WallTime } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import { missingStream } from '../connection/missing-stream.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { isRefused } from '../connection/user-rights.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { serverTimeOf } from '../streams/stream-info.ts';

/**
 * Sets the limits of the audit stream, unless it has them already. From then on the server removes the
 * oldest events beyond the limits, although no client may delete or purge.
 *
 * `keyframe` is the position of the last signed keyframe, which replaces the events before it. Limits
 * that would immediately remove events after it are refused. Later only collectors write keyframes
 * ahead of the trimming; if none does, `audit verify` reports that the history begins without one.
 * @throws {Fault} `store-refused` with the reason, `store-unavailable`, `store-misconfigured`
 */
export async function applyRetention(
  connection: SupervisedConnection,
  { auditStream }: SubjectNames,
  limits: Retention,
  keyframe: Revision,
  within: Millis,
): Promise<void> {
  const info = await streamInfo(connection, auditStream, within);
  if (info === undefined) throw missingStream(auditStream);
  const { config, state } = info;
  if (hasLimits(config, limits)) return;
  const what = `STREAM.UPDATE.${auditStream}`;
  // Each attempt without the right would be a violation in the log of the server.
  if (await isRefused(connection, [`$JS.API.${what}`], within)) {
    throw new Fault(
      'store-refused',
      `${auditStream}: this login may not set the limits of the history; run \`rollcall audit limit\` with the login of deploy`,
    );
  }
  const next = keyframe + 1;
  const extent = {
    first: state.first_seq,
    last: state.last_seq,
    events: state.messages,
    bytes: state.bytes,
    nextStoredAt:
      next < state.first_seq || next > state.last_seq
        ? undefined
        : await storedTimeOf(connection, auditStream, next, within),
  };
  const why = retentionViolation(extent, limits, keyframe, serverTimeOf(info));
  if (why !== undefined) {
    throw new Fault('store-refused', `${auditStream}: ${why}`, {
      hint: 'choose wider limits or wait: an active collector writes a keyframe every 10 000 events and once a day',
    });
  }
  const update = { ...config, ...Object.fromEntries(settingsFor(limits)) };
  expectOk(what, await askApi<StreamInfo>(connection, what, update, { within }));
}

/** Whether the audit stream has exactly these limits. */
export const hasLimits = (config: Settings, limits: Retention): boolean =>
  settingsFor(limits).every(([name, value]) => config[name] === value);

type Settings = Partial<Pick<StreamInfo['config'], 'max_age' | 'max_bytes' | 'discard'>>;

const settingsFor = ({ maxAge, maxBytes }: Retention) =>
  [
    ['max_age', (maxAge ?? 0) * 1_000_000], // nanoseconds
    ['max_bytes', maxBytes ?? -1],
    // With `new`, a stream that reaches max_bytes refuses new events and the audit stops; `old` trims.
    ['discard', maxBytes === undefined ? 'new' : 'old'],
  ] as const;

async function storedTimeOf(
  connection: SupervisedConnection,
  stream: string,
  seq: Revision,
  within: Millis,
): Promise<WallTime> {
  const what = `STREAM.MSG.GET.${stream}`;
  const answer = await askApi<{ message: { time: string } }>(connection, what, { seq }, { within });
  return Date.parse(expectOk(what, answer).message.time);
}
