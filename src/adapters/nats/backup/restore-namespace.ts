import { Fault } from '../../../domain/fault.ts';
import { burnMargin } from '../../../domain/store-history/store-loss.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { apiFault, askApi, expectOk } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { burnSequences } from '../history/burn.ts';
import { readMark, writeMark } from '../history/store-mark.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { type CopiedPart, type NamespaceHeads, originAt } from './copy-namespace.ts';
import { restoreStream, type StreamHead } from './stream-copy.ts';

/** Agents that run create missing streams within seconds, so a deleted stream may be there again. */
const attempts = 20;

/** What a restore reads: the heads, and the pieces of each copy from its beginning. */
export interface NamespaceCopy {
  readonly heads: NamespaceHeads;
  pieces(part: CopiedPart): AsyncIterable<Uint8Array>;
}

/**
 * Replaces registry, audit and keyframes by the streams of a backup. What exists under their names is deleted.
 *
 * The restored registry counts for the server as another stream, so that a source would copy the whole outbox
 * into the audit again. Therefore the audit is restored without its source, the events that it has are removed
 * from the outbox, and then it gets the source. Before that the end of the registry is raised, so that no term or
 * token of the time after the backup repeats.
 * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured`, `checksum-wrong`
 */
export async function restoreNamespace(
  connection: SupervisedConnection,
  names: SubjectNames,
  { heads, pieces }: NamespaceCopy,
  { within, replicas }: { readonly within: Millis; readonly replicas: number | undefined },
): Promise<void> {
  const config = (head: StreamHead) => ({
    ...head.config,
    ...(replicas !== undefined && { num_replicas: replicas }),
  });
  const restore = (part: CopiedPart, head: StreamHead) =>
    replaceStream(connection, head, within, () => pieces(part));
  const { sources: _, ...alone } = config(heads.audit);
  await restore('audit', { ...heads.audit, config: alone });
  await restore('registry', { ...heads.registry, config: config(heads.registry) });
  const origin = await auditedOrigin(connection, names, within);
  if (origin.revision > 0) await dropAudited(connection, names, origin.revision, within);
  await restore('keyframes', { ...heads.keyframes, config: config(heads.keyframes) });
  await rewriteMark(connection, names, origin, within);
  const { state } = heads.registry;
  await burnSequences(connection, names, state.last_seq + burnMargin, within);
  const what = `STREAM.UPDATE.${names.auditStream}`;
  expectOk(what, await askApi(connection, what, config(heads.audit), { within }));
}

/**
 * Notes that the audit lost what came after the backup: processes that live on continue their chains behind it, and
 * a repair records it with a name. Called when the audit has all events of the backup.
 */
export async function noteLostTail(
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
  connection: SupervisedConnection,
  head: StreamHead,
  within: Millis,
  pieces: () => AsyncIterable<Uint8Array>,
): Promise<void> {
  const { name } = head.config;
  for (let tries = 0; tries < attempts; tries += 1) {
    const what = `STREAM.DELETE.${name}`;
    const gone = await askApi(connection, what, {}, { within });
    if ('error' in gone && gone.error.err_code !== code.streamNotFound) {
      throw apiFault(what, gone.error);
    }
    if (await restoreStream(connection, head, within, pieces())) return;
  }
  throw new Fault(
    'store-unavailable',
    `stream ${name} was created again by other processes during each of ${attempts} attempts`,
    { hint: 'stop the agents and collectors for the time of the restore' },
  );
}
