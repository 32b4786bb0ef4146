import { Buffer } from 'node:buffer';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileFault } from './read-text.ts';

/**
 * Appends a line to a file and waits until the disk has it. In a directory, the file is `name`.
 *
 * Nothing remains of a line that could not be written completely, unless the machine stops meanwhile. The
 * next line begins on a line of its own in any case.
 * @returns the file
 * @throws {Fault} `bad-setting` if it cannot be written
 */
export async function appendLine(path: string, name: string, line: string): Promise<string> {
  const file = (await isDirectory(path)) ? join(path, name) : path;
  try {
    await using handle = await open(file, 'a+');
    const { size } = await handle.stat();
    await appended(handle, size, `${await missingEnd(handle, size)}${line}\n`);
    if (size === 0) await synced(dirname(file));
    return file;
  } catch (cause) {
    throw fileFault(file, cause, 'bad-setting');
  }
}

async function appended(handle: FileHandle, size: number, text: string): Promise<void> {
  try {
    await handle.appendFile(text);
    await handle.sync();
  } catch (cause) {
    await handle.truncate(size).catch(() => {});
    throw cause;
  }
}

/** A line that the machine did not finish needs an end before the next one. */
async function missingEnd(handle: FileHandle, size: number): Promise<string> {
  if (size === 0) return '';
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n' ? '' : '\n';
}

/** A new file is in its directory only once the directory is on the disk. */
async function synced(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
