import {
  type Backup,
  createBackupFolder,
  discardCopies,
  piecesOf,
  readBackup,
  writeBackup,
  writeCopy,
} from '../../adapters/files/backup-folder.ts';
import {
  copyNamespace,
  type NamespaceHeads,
  streamOf,
} from '../../adapters/nats/backup/copy-namespace.ts';
import {
  type Restored,
  type RestoreOptions,
  restoreNamespace,
} from '../../adapters/nats/backup/restore-namespace.ts';
import type { StreamHead } from '../../adapters/nats/backup/stream-copy.ts';
import { subjectNamesOf } from '../../adapters/nats/connection/subject-names.ts';
import { streamInfo } from '../../adapters/nats/streams/ensure-streams.ts';
import { refuseUnknownFormat } from '../../adapters/nats/streams/namespace-format.ts';
import { Fault } from '../../domain/fault.ts';
import { minutes, seconds } from '../../domain/time.ts';
import type { Access } from './access.ts';
import { connectServer } from './connect-server.ts';

export type { Backup };
export { readBackup };

/** The server may check and send a large stream for so long before its first piece. */
const within = minutes(5);
interface BackupOptions {
  readonly signal: AbortSignal;
  /** Divergences of the history; null if it was not verified. */
  readonly divergences: number | null;
  readonly progress: (stream: string, bytes: number) => void;
}

/**
 * Copies a namespace into an empty folder while the fleet runs. If it fails, the folder is empty again: copies that are
 * not complete are no backup, and may have filled the disk.
 * @throws {Fault} `bad-setting`, `not-found`, `store-unavailable`, `store-refused`
 */
export async function backUp(
  access: Access,
  folder: string,
  options: BackupOptions,
): Promise<Backup> {
  await createBackupFolder(folder);
  try {
    return await copyInto(folder, access, options);
  } catch (cause) {
    await discardCopies(folder);
    throw cause;
  }
}

async function copyInto(
  folder: string,
  access: Access,
  { signal, divergences, progress }: BackupOptions,
): Promise<Backup> {
  await using connection = await connectServer(access, 'backup', signal);
  const names = subjectNamesOf(access.namespace);
  const copies = new Map<string, Awaited<ReturnType<typeof writeCopy>>['copy']>();
  const heads = await copyNamespace(connection, names, within, async (part, fill) => {
    let bytes = 0;
    const { filled, copy } = await writeCopy(folder, part, (write) =>
      fill(async (piece) => {
        signal.throwIfAborted();
        await write(piece);
        bytes += piece.length;
        progress(part, bytes);
      }),
    );
    copies.set(part, copy);
    return filled;
  });
  const streams = (['keyframes', 'audit', 'registry'] as const).map((part) => {
    const copy = copies.get(part);
    if (copy === undefined) throw new Error(`${part} was copied`);
    const { config, state } = heads[part];
    return { ...copy, config: { ...config }, state: { ...state } };
  });
  const backup: Backup = {
    ...{ format: 'rollcall-backup', v: 1, namespace: access.namespace },
    ...{ at: new Date().toISOString(), server: connection.client.info?.version ?? 'unknown' },
    ...{ divergences, streams },
  };
  await writeBackup(folder, backup);
  return backup;
}

/**
 * The streams of the namespace that the server has and that a restore would delete, with their messages.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function replacedBy(
  access: Access,
  signal: AbortSignal,
): Promise<readonly { readonly stream: string; readonly messages: number }[]> {
  await using connection = await connectServer(access, 'backup', signal);
  const names = subjectNamesOf(access.namespace);
  const found: { stream: string; messages: number }[] = [];
  for (const part of ['registry', 'audit', 'keyframes'] as const) {
    const stream = streamOf(names, part);
    const info = await streamInfo(connection, stream, seconds(5));
    if (info) found.push({ stream, messages: info.state.messages });
  }
  return found;
}

function headsOf({ streams }: Backup): NamespaceHeads {
  const of = (part: string) => {
    const stream = streams.find((one) => one.part === part);
    if (!stream) throw new Fault('bad-setting', `the backup has no copy of the ${part}`);
    return stream as unknown as StreamHead;
  };
  return { registry: of('registry'), audit: of('audit'), keyframes: of('keyframes') };
}

/** The replicas of the streams of a backup. */
export const replicasOf = (backup: Backup): number =>
  headsOf(backup).registry.config.num_replicas ?? 1;

/**
 * Refuses a backup of another namespace, or in a format that this version does not know.
 * @throws {Fault} `bad-setting`, `store-too-new`
 */
export function refuseOtherBackup(
  { namespace }: Pick<Access, 'namespace'>,
  folder: string,
  backup: Backup,
): void {
  if (backup.namespace !== namespace) {
    throw new Fault(
      'bad-setting',
      `${folder} is a backup of namespace '${backup.namespace}', not of '${namespace}'`,
      { hint: `--namespace ${backup.namespace}` },
    );
  }
  refuseUnknownFormat(headsOf(backup).registry.config, backup.namespace);
}

/**
 * Replaces the namespace by that of the backup.
 * @throws {Fault} `bad-setting`: of another namespace; `store-too-new`; `restore-running`, `store-unavailable`, `store-refused`, `checksum-wrong`
 */
export async function restoreBackup(
  access: Access,
  folder: string,
  backup: Backup,
  {
    progress,
    ...options
  }: Pick<BackupOptions, 'progress'> & Omit<RestoreOptions, 'within' | 'replicas'>,
): Promise<Restored> {
  refuseOtherBackup(access, folder, backup);
  const heads = headsOf(backup);
  await using connection = await connectServer(access, 'restore', options.signal);
  const copy = {
    heads,
    async *pieces(part: string) {
      let bytes = 0;
      for await (const piece of piecesOf(folder, `${part}.stream`)) {
        bytes += piece.length;
        progress(part, bytes);
        yield piece;
      }
    },
  };
  const { replicas } = access;
  const names = subjectNamesOf(access.namespace);
  return await restoreNamespace(connection, names, copy, { ...options, within, replicas });
}
