import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import { writeFileAtomic } from './atomic-write.ts';
import { fileFault, readOptionalText } from './read-text.ts';

const manifestName = 'backup.json';
const count = z.int().nonnegative();

/** A file of a backup, with what the server needs to create the stream again. */
const CopiedStream = z.object({
  part: z.enum(['keyframes', 'audit', 'registry']),
  file: z.string().regex(/^[a-z]+\.stream$/),
  bytes: count,
  sha256: z.string(),
  config: z.looseObject({ name: z.string() }),
  state: z.looseObject({ messages: count, last_seq: count }),
});
export type CopiedStream = z.infer<typeof CopiedStream>;

/** The file `backup.json` of a backup (docs/reference/backup.md). */
const Backup = z.object({
  format: z.literal('rollcall-backup'),
  v: z.literal(1),
  namespace: z.string(),
  /** When the copy of the registry was complete, in ISO 8601. */
  at: z.string(),
  /** Version of the server that made the copies. */
  server: z.string(),
  /** Divergences of the history when the backup was made; null if it was not verified. */
  divergences: count.nullable(),
  streams: z.array(CopiedStream).length(3),
});
export type Backup = z.infer<typeof Backup>;

/** @throws {Fault} `bad-setting` unless the folder is empty or does not exist */
export async function createBackupFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [first] = await readdir(folder);
    if (first === undefined) return;
  } catch (cause) {
    throw fileFault(folder, cause, 'bad-setting');
  }
  throw new Fault('bad-setting', `${folder} is not empty`, {
    hint: 'a backup needs a folder of its own; nothing was overwritten',
  });
}

/**
 * Writes the copy of a stream to its file, to the disk, and returns its length and its digest.
 * @throws {Fault} `bad-setting` if it cannot be written; errors of `fill` are thrown unchanged
 */
export async function writeCopy<T>(
  folder: string,
  part: CopiedStream['part'],
  fill: (write: (piece: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<{
  readonly filled: T;
  readonly copy: Pick<CopiedStream, 'part' | 'file' | 'bytes' | 'sha256'>;
}> {
  const file = `${part}.stream`;
  const path = join(folder, file);
  const digest = createHash('sha256');
  let bytes = 0;
  const written = async <Done>(work: Promise<Done>): Promise<Done> => {
    try {
      return await work;
    } catch (cause) {
      throw fileFault(path, cause, 'bad-setting');
    }
  };
  await using handle = await written(open(path, 'w', 0o600));
  const filled = await fill(async (piece) => {
    digest.update(piece);
    bytes += piece.length;
    await written(handle.writeFile(piece));
  });
  await written(handle.sync());
  return { filled, copy: { part, file, bytes, sha256: digest.digest('hex') } };
}

/** Removes the files that `writeCopy` has written. A file that cannot be removed stays; the caller reports its own error. */
export async function discardCopies(folder: string): Promise<void> {
  for (const part of CopiedStream.shape.part.options)
    await rm(join(folder, `${part}.stream`), { force: true }).catch(() => {});
}

/** Written last: a folder without it is no backup. */
export const writeBackup = (folder: string, backup: Backup): Promise<void> =>
  writeFileAtomic(join(folder, manifestName), [`${JSON.stringify(backup, null, 2)}\n`]);

/**
 * Reads the description of a backup, and compares each file with its digest.
 * @throws {Fault} `bad-setting`: no backup; `checksum-wrong`: a file was changed or is incomplete
 */
export async function readBackup(folder: string): Promise<Backup> {
  const text = await readOptionalText(join(folder, manifestName));
  if (text === undefined) {
    throw new Fault('bad-setting', `${folder} is no backup: it has no ${manifestName}`, {
      hint: 'name a folder that `rollcall backup --out FOLDER` has made; without that file it did not finish',
    });
  }
  const backup = parseBackup(text, folder);
  for (const { file, bytes, sha256 } of backup.streams) {
    const digest = createHash('sha256');
    let length = 0;
    try {
      for await (const piece of piecesOf(folder, file)) {
        digest.update(piece);
        length += piece.length;
      }
    } catch (cause) {
      throw fileFault(join(folder, file), cause, 'bad-setting');
    }
    if (length === bytes && digest.digest('hex') === sha256) continue;
    throw new Fault(
      'checksum-wrong',
      `${join(folder, file)} differs from the file that was backed up: ${length === bytes ? 'its digest is wrong' : `it has ${length} bytes, and had ${bytes}`}`,
      { hint: 'use another backup; nothing was changed on the server' },
    );
  }
  return backup;
}

function parseBackup(text: string, folder: string): Backup {
  try {
    return Backup.parse(readJson(text));
  } catch (cause) {
    throw new Fault(
      'bad-setting',
      `${folder} has no backup that this version reads: ${formatParseError(cause).slice(0, 200)}`,
      { cause },
    );
  }
}

/** The bytes of a file, in pieces that a server accepts as one message. */
export const piecesOf = (folder: string, file: string): AsyncIterable<Uint8Array> =>
  createReadStream(join(folder, file), { highWaterMark: 128 * 1024 });
