import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Fault } from '../../domain/fault.ts';
import { fileFault } from './read-text.ts';

/**
 * Writes a file so that nobody ever finds half of it under its name: beside it first, and then in its
 * place. What is no regular file, a pipe or a terminal, is written to as it is.
 * @throws {Fault} `bad-setting` where it can't be written; and whatever `content` throws
 */
export async function writeFileAtomic(
  file: string,
  content: AsyncIterable<string> | Iterable<string | Uint8Array>,
  { gzip = false }: { readonly gzip?: boolean } = {},
): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const beside = (await isRegular(target)) ? `${target}.part` : undefined;
  try {
    const into = createWriteStream(beside ?? target, { flush: beside !== undefined });
    await pipeline([Readable.from(content), ...(gzip ? [createGzip()] : []), into]);
    if (beside !== undefined) await rename(beside, target);
  } catch (cause) {
    // What cannot be removed was never made; why it was not is said below.
    if (beside !== undefined) await rm(beside, { force: true }).catch(() => {});
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) {
      throw fileFault(file, cause, 'bad-setting');
    }
    const why = `${file}: there is no directory '${dirname(file)}'`;
    throw new Fault('bad-setting', why, { cause });
  }
}

/** Whether it is a file, or none yet. */
export async function isRegular(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return true;
  }
}
