import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Fault } from '../../domain/fault.ts';
import { fileFault } from './read-text.ts';

/**
 * Writes a file atomically: first to `FILE.part`, then renames that to FILE, so that readers never see an
 * incomplete file. A pipe or a terminal is written directly.
 * @throws {Fault} `bad-setting` if it cannot be written; errors of `content` are thrown unchanged
 */
export async function writeFileAtomic(
  file: string,
  content: AsyncIterable<string> | Iterable<string | Uint8Array>,
  { gzip = false }: { readonly gzip?: boolean } = {},
): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const draft = (await isRegular(target)) ? `${target}.part` : undefined;
  try {
    const output = createWriteStream(draft ?? target, { flush: draft !== undefined });
    await pipeline([Readable.from(content), ...(gzip ? [createGzip()] : []), output]);
    if (draft !== undefined) await rename(draft, target);
  } catch (cause) {
    // If the draft cannot be removed, it was never created: the error below says why.
    if (draft !== undefined) await rm(draft, { force: true }).catch(() => {});
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) {
      throw fileFault(file, cause, 'bad-setting');
    }
    throw new Fault('bad-setting', `${file}: there is no directory '${dirname(file)}'`, { cause });
  }
}

/** Whether this is a regular file or does not exist yet. */
export async function isRegular(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return true;
  }
}
