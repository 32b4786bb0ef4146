import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, type FaultCode } from '../../domain/fault.ts';
import { getOwn } from '../../domain/json.ts';

/** Limit for files written by hand, in bytes. */
const mostBytes = 16 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'its parent directory is a file',
  EEXIST: 'it is a file',
  EROFS: 'the file system can only be read (EROFS)',
  ENOSPC: 'the disk is full (ENOSPC)',
};

/**
 * Reads a file that the user named. Of one that is too long, or has no end, it reads no more than the limit.
 * @throws {Fault} with `code`
 */
export async function readText(file: string, code: FaultCode): Promise<string> {
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > mostBytes) break;
      pieces.push(piece);
    }
    if (length <= mostBytes) return Buffer.concat(pieces).toString('utf8');
  } catch (cause) {
    throw fileFault(file, cause, code);
  }
  throw new Fault(code, `${file}: must have at most ${mostBytes} bytes`);
}

/**
 * Reads a file that this program wrote, of any length; undefined if it does not exist.
 * @throws {Fault} `bad-setting`
 */
export async function readOptionalText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw fileFault(file, cause, 'bad-setting');
  }
}

/** Turns an error of the file system into a fault with a readable message; other errors are unchanged. */
export function fileFault(file: string, cause: unknown, code: FaultCode): unknown {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!errno.startsWith('E')) return cause;
  return new Fault(code, `${file}: ${getOwn(reasons, errno) ?? String(cause)}`, { cause });
}

/**
 * The contents of the files in a folder, by name; undefined if the folder does not exist. A file that is removed
 * meanwhile and a folder in it are left out.
 * @throws {Fault} `bad-setting` if the folder or a file cannot be read
 */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(folder, cause, 'bad-setting');
  }
  const files = new Map<string, Buffer>();
  for (const [name, body] of await Promise.all(names.map((name) => readInFolder(folder, name))))
    if (body !== undefined) files.set(name, body);
  return files;
}

async function readInFolder(folder: string, name: string): Promise<[string, Buffer | undefined]> {
  const file = join(folder, name);
  try {
    return [name, await readFile(file)];
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EISDIR' || code === 'ENOENT') return [name, undefined];
    throw fileFault(file, cause, 'bad-setting');
  }
}
