import type { StreamInfo } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import type { Retention } from '../../../domain/policy/fleet-policy.ts';
import { firstWithin, retentionViolation } from '../../../domain/policy/safe-retention.ts';
import type { Millis, Revision, WallTime } from '../../../domain/time.ts';
import type { Trim } from '../../../ports/audit.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
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
  { limits, keyframe, isWanted }: NewLimits,
  within: Millis,
): Promise<void> {
  const what = `STREAM.UPDATE.${auditStream}`;
  for (let tries = 1; ; tries += 1) {
    const asked = performance.now();
    const info = await auditInfo(connection, auditStream, within);
    if (hasLimits(info.config, limits)) return;
    // Each attempt without the right would be a violation in the log of the server.
    if (await isRefused(connection, [`$JS.API.${what}`], within)) {
      throw new Fault(
        'store-refused',
        `${auditStream}: this login may not set the limits of the history; run \`rollcall audit limit\` with the deploy login`,
      );
    }
    const why = await violationOf(connection, info, { limits, keyframe }, within);
    if (why !== undefined) {
      throw new Fault('store-refused', `${auditStream}: ${why}`, {
        hint: 'choose wider limits or wait: an active collector writes a keyframe every 10 000 events and once a day',
      });
    }
    if (!((await isWanted?.()) ?? true)) {
      throw new Fault('store-refused', `${auditStream}: the policy has changed meanwhile`, {
        hint: 'run it again',
      });
    }
    // A request has no condition, and replaces all settings: those that were read must be those of now.
    if (performance.now() - asked > freshFor) {
      if (tries < mostTries) continue;
      throw new Fault(
        'store-unavailable',
        `${auditStream}: the server is too slow for a safe change`,
      );
    }
    const update = { ...info.config, ...Object.fromEntries(settingsFor(limits)) };
    const answer = await askApi<StreamInfo>(connection, what, update, { within });
    // The server reserves the size of a stream.
    if ('error' in answer && answer.error.err_code === code.storageExceeded) {
      throw new Fault(
        'store-refused',
        `${auditStream}: the server has no room for a history of ${limits.maxBytes} bytes: ${answer.error.description}`,
        {
          hint: 'set a smaller retention.maxBytes, or raise max_file_store of the servers (docs/how-to/limit-the-history.md)',
        },
      );
    }
    expectOk(what, answer);
    return;
  }
}

interface NewLimits {
  readonly limits: Retention;
  readonly keyframe: Revision;
  /** Asked right before the change. */
  readonly isWanted?: (() => Promise<boolean>) | undefined;
}

/** What was read before a longer time is read again: the process may have stood still. */
const freshFor: Millis = 2000;
const mostTries = 5;

/** Why these limits would remove events that no signed keyframe covers; undefined: they would not. */
async function violationOf(
  connection: SupervisedConnection,
  info: StreamInfo,
  { limits, keyframe }: Pick<NewLimits, 'limits' | 'keyframe'>,
  within: Millis,
): Promise<string | undefined> {
  const next = keyframe + 1;
  const extent = extentOf(info);
  const isStored = next >= extent.first && next <= extent.last;
  const nextStoredAt = isStored
    ? await storedTimeOf(connection, info.config.name, next, within)
    : undefined;
  return retentionViolation({ ...extent, nextStoredAt }, limits, keyframe, serverTimeOf(info));
}

const extentOf = ({ state }: StreamInfo) => ({
  first: state.first_seq,
  last: state.last_seq,
  events: state.messages,
  bytes: state.bytes,
});

async function auditInfo(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<StreamInfo> {
  const info = await streamInfo(connection, stream, within);
  if (info === undefined) throw missingStream(stream);
  return info;
}

/** The limits that the audit stream has. */
export const limitsOf = ({ max_age: age = 0, max_bytes: bytes = -1 }: Settings): Retention => ({
  ...(age > 0 && { maxAge: age / nanoseconds }),
  ...(bytes > 0 && { maxBytes: bytes }),
});

export async function readLimits(
  connection: SupervisedConnection,
  { auditStream }: SubjectNames,
  within: Millis,
): Promise<Retention> {
  return limitsOf((await auditInfo(connection, auditStream, within)).config);
}

/** What these limits would remove now, and whether they would be refused. The events are in the order of their times. */
export async function previewTrim(
  connection: SupervisedConnection,
  { auditStream }: SubjectNames,
  { limits, keyframe }: Pick<NewLimits, 'limits' | 'keyframe'>,
  within: Millis,
): Promise<Trim> {
  const info = await auditInfo(connection, auditStream, within);
  const { first, last } = extentOf(info);
  const timeOf = (seq: Revision) => storedTimeOf(connection, auditStream, seq, within);
  const bySize = firstWithin(extentOf(info), limits);
  const oldest = limits.maxAge === undefined ? undefined : serverTimeOf(info) - limits.maxAge;
  let [low, high] = [bySize, last + 1];
  while (oldest !== undefined && low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await timeOf(middle)) < oldest) low = middle + 1;
    else high = middle;
  }
  return {
    events: low - first,
    isEstimate: low === bySize && bySize > first,
    oldest: low > last ? undefined : { seq: low, storedAt: await timeOf(low) },
    refusal: hasLimits(info.config, limits)
      ? undefined
      : await violationOf(connection, info, { limits, keyframe }, within),
  };
}

const nanoseconds = 1_000_000;

/** Whether the audit stream has exactly these limits. */
export const hasLimits = (config: Settings, limits: Retention): boolean =>
  settingsFor(limits).every(([name, value]) => config[name] === value);

type Settings = Partial<Pick<StreamInfo['config'], 'max_age' | 'max_bytes' | 'discard'>>;

const settingsFor = ({ maxAge, maxBytes }: Retention) =>
  [
    ['max_age', (maxAge ?? 0) * nanoseconds],
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
