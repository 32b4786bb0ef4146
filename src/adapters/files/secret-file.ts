import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileFault } from './read-text.ts';

/**
 * Writes a file that only this user can read (mode 0600), in a directory that only this user can enter if it
 * is new (0700). Atomic: readers see the old text or the new one.
 * @throws {Fault} `bad-setting` if it cannot be written
 */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(text);
    await handle.sync();
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileFault(file, cause, 'bad-setting');
  }
}
