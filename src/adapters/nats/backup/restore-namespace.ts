import { Fault } from '../../../domain/fault.ts';
import { burnMargin } from '../../../domain/store-history/store-loss.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import { sleep } from '../connection/backoff.ts';
import { apiFault, askApi, expectOk } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { burnSequences } from '../history/burn.ts';
import { readMark, writeMark } from '../history/store-mark.ts';
import { readLast } from '../read/leader-read.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { markedAsRestoring } from '../streams/restoring.ts';
import type { Settings } from '../streams/stream-settings.ts';
import { type CopiedPart, type NamespaceHeads, originAt } from './copy-namespace.ts';
import { RestoreLock } from './restore-lock.ts';
import { restoreStream, type StreamHead } from './stream-copy.ts';

/** Agents that run create missing streams within seconds, so a deleted stream may be there again. */
const attempts = 20;

/** The most sequences that are skipped because the replaced registry had used them: about 90 s. */
const maxRaise = 1_000_000;

const lockWithin: Millis = seconds(5);

/** What a restore reads: the heads, and the pieces of each copy from its beginning. */
export interface NamespaceCopy {
  readonly heads: NamespaceHeads;
  pieces(part: CopiedPart): AsyncIterable<Uint8Array>;
}

export interface RestoreOptions {
  readonly within: Millis;
  readonly replicas: number | undefined;
  /** Who restores, for others that find the namespace in the midst of it. */
  readonly by: string;
  /** Whether all processes had stopped before the backup, so that no event after it is lost. */
  readonly moved: boolean;
  readonly signal: AbortSignal;
}

export interface Restored {
  /**
   * The replaced registry had issued higher revisions than can be skipped: it was created after the one of the backup,
   * and a registry begins at the time of its creation in microseconds.
   */
  readonly lowered: boolean;
}

/**
 * Replaces registry, audit and keyframes by the streams of a backup. What exists under their names is deleted.
 *
 * The restored registry counts for the server as another stream, so that a source would copy the whole outbox
 * into the audit again. Therefore the audit is restored without its source, the events that it has are removed
 * from the outbox, and then it gets the source.
 *
 * The registry is restored without the subjects of records and events, so that no process can write to it. It gets them
 * last: when its end is raised, so that no term or token of the time after the backup repeats, when the audit has all
 * events of the backup, and when the loss of later ones is noted. So a restore may end or stand still anywhere:
 * running processes keep their leases and wait, and another restore begins anew.
 * @throws {Fault} `restore-running`, `store-unavailable`, `store-refused`, `store-misconfigured`, `checksum-wrong`
 */
export async function restoreNamespace(
  connection: SupervisedConnection,
  names: SubjectNames,
  { heads, pieces }: NamespaceCopy,
  { within, replicas, by, moved, signal }: RestoreOptions,
): Promise<Restored> {
  const config = (head: StreamHead) => ({
    ...head.config,
    ...(replicas !== undefined && { num_replicas: replicas }),
  });
  await using lock = await RestoreLock.take(connection, names, {
    ...{ by, signal, within: lockWithin },
    replicas: config(heads.registry).num_replicas ?? 1,
  });
  const restore = (part: CopiedPart, head: StreamHead) =>
    replaceStream({ connection, lock, within }, head, () => pieces(part));
  const update = async (settings: Settings & { readonly name: string }) => {
    const what = `STREAM.UPDATE.${settings.name}`;
    await lock.hold();
    expectOk(what, await askApi(connection, what, settings, { within }));
  };
  const used = (await streamInfo(connection, names.registry.stream, within))?.state.last_seq ?? 0;
  const author = `${by}, since ${new Date().toISOString()}`;
  const { sources: _, ...alone } = config(heads.audit);
  await restore('audit', { ...heads.audit, config: markedAsRestoring(alone, author) });
  const closed = { ...config(heads.registry), subjects: [`${names.fencePrefix}>`] };
  await restore('registry', { ...heads.registry, config: markedAsRestoring(closed, author) });
  const origin = await auditedOrigin(connection, names, within);
  await lock.hold();
  if (origin.revision > 0) await dropAudited(connection, names, origin.revision, within);
  await restore('keyframes', { ...heads.keyframes, config: config(heads.keyframes) });
  await rewriteMark(connection, names, origin, within);
  const { last_seq: copied } = heads.registry.state;
  const isLower = used - copied > maxRaise;
  const raised = (isLower ? copied : Math.max(copied, used)) + burnMargin;
  if (!(await burnSequences(connection, names, raised, within))) {
    throw new Fault('store-unavailable', 'the end of the restored registry could not be raised', {
      hint: 'begin the restore again',
    });
  }
  await update(config(heads.audit));
  await untilAudited(connection, names, { within, signal });
  if (!moved) await noteLostTail(connection, names, heads, within);
  await update(config(heads.registry));
  await lock.remove();
  return { lowered: isLower };
}

/** Waits until the audit has all events of the outbox, to which nobody writes. */
async function untilAudited(
  connection: SupervisedConnection,
  names: SubjectNames,
  { within, signal }: { readonly within: Millis; readonly signal: AbortSignal },
): Promise<void> {
  const { stream } = names.registry;
  const last = (await readLast(connection, stream, `${names.eventPrefix}>`, within))?.seq ?? 0;
  const until = performance.now() + within;
  while ((await auditedOrigin(connection, names, within)).revision < last) {
    if (performance.now() > until) {
      throw new Fault(
        'store-unavailable',
        'the restored audit does not copy the events that it lacks',
        {
          hint: 'look at the servers of both streams, and begin the restore again',
        },
      );
    }
    await sleep(100, signal);
    signal.throwIfAborted();
  }
}

/** Notes that the audit lost what came after the backup: processes that live on continue their chains behind it. */
async function noteLostTail(
  connection: SupervisedConnection,
  names: SubjectNames,
  { registry }: NamespaceHeads,
  within: Millis,
): Promise<void> {
  const { seq, created } = await auditedOrigin(connection, names, within);
  // This revision was used up by the restore, so that no event has it.
  const end = { seq: seq + 1, revision: registry.state.last_seq + 1, created };
  await rewriteMark(connection, names, end, within);
}

interface Replacement {
  readonly connection: SupervisedConnection;
  readonly lock: RestoreLock;
  readonly within: Millis;
}

interface AuditEnd {
  readonly seq: Revision;
  readonly revision: Revision;
  readonly created: string;
}

async function auditedOrigin(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<AuditEnd> {
  const info = await streamInfo(connection, names.auditStream, within);
  if (info === undefined) {
    throw new Fault('store-unavailable', 'the restored audit was deleted meanwhile');
  }
  const seq = info.state.last_seq;
  return { seq, revision: await originAt(connection, names, seq, within), created: info.created };
}

async function dropAudited(
  connection: SupervisedConnection,
  names: SubjectNames,
  revision: Revision,
  within: Millis,
): Promise<void> {
  const what = `STREAM.PURGE.${names.registry.stream}`;
  const request = { filter: `${names.eventPrefix}>`, seq: revision + 1 };
  expectOk(what, await askApi(connection, what, request, { within }));
}

/** The mark of the copy names the audit by the time of its creation, and that is another one now. */
async function rewriteMark(
  connection: SupervisedConnection,
  names: SubjectNames,
  { seq, revision: origin, created }: AuditEnd,
  within: Millis,
): Promise<void> {
  for (let tries = 0; tries < attempts; tries += 1) {
    const { mark, revision } = await readMark(connection, names, within);
    const { trimmed: _, copying: __, ...rest } = mark;
    const next = { ...rest, ...(origin > 0 && { trimmed: { seq, origin, created } }) };
    if (await writeMark(connection, names, { mark: next, revision }, within)) return;
  }
  throw new Fault('store-unavailable', 'the mark of the restored store could not be replaced');
}

async function replaceStream(
  { connection, lock, within }: Replacement,
  head: StreamHead,
  pieces: () => AsyncIterable<Uint8Array>,
): Promise<void> {
  const { name } = head.config;
  for (let tries = 0; tries < attempts; tries += 1) {
    const what = `STREAM.DELETE.${name}`;
    await lock.hold();
    const gone = await askApi(connection, what, {}, { within });
    if ('error' in gone && gone.error.err_code !== code.streamNotFound) {
      throw apiFault(what, gone.error);
    }
    await lock.hold();
    if (await restoreStream(connection, head, within, pieces())) return;
  }
  throw new Fault(
    'store-unavailable',
    `stream ${name} was created again by other processes during each of ${attempts} attempts`,
    { hint: 'stop the agents and collectors for the time of the restore' },
  );
}
