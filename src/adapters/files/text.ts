import { readFile } from 'node:fs/promises';
import { Fault, type FaultCode } from '../../domain/fault.ts';

/** More than this is no file that a person wrote. */
const longest = 16 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a directory',
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
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new Fault(code, `${file}: ${reasons[errno] ?? String(cause)}`, { cause });
  }
  throw new Fault(code, `${file}: it is larger than ${longest} characters`);
}
