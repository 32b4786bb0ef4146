import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, type FaultCode } from '../../domain/fault.ts';

/** More than this is no file that a person wrote. */
const longest = 16 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read or written',
  EISDIR: 'it is a directory',
  ENOTDIR: 'what should be its directory is a file',
};

/**
 * The text of a file that a person named.
 * @throws {Fault} with `code`
 */
export async function readText(file: string, code: FaultCode): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    if (text.length <= longest) return text;
  } catch (cause) {
    throw fileFault(file, cause, code);
  }
  throw new Fault(code, `${file}: it is larger than ${longest} characters`);
}

/**
 * The text of a file that this program wrote before, however long; undefined where there is none.
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

/** A failure of the file system with a file that a person named, as they should read it; else what it was. */
export function fileFault(file: string, cause: unknown, code: FaultCode): unknown {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!errno.startsWith('E')) return cause;
  return new Fault(code, `${file}: ${reasons[errno] ?? String(cause)}`, { cause });
}

/** The files of a folder by name; undefined where there is no such folder. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  const bodies = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return new Map(await Promise.all(bodies));
}
