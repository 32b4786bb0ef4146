import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fileFault } from './text.ts';

/**
 * Writes a file so that nobody ever finds half of it under its name: beside it first, and then in its
 * place. What is no regular file, a pipe or a terminal, is written to as it is.
 * @throws {Fault} `bad-setting` where it can't be written; and whatever `content` throws
 */
export async function replaceFile(
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
    if (beside !== undefined) await rm(beside, { force: true });
    throw fileFault(file, cause, 'bad-setting');
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
