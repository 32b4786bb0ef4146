import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../domain/fault.ts';
import { fileFault } from './read-text.ts';

/**
 * Writes a file that only this user can read (mode 0600), in a directory that only this user can enter if it
 * is new (0700). Atomic: readers see the old text or the new one.
 * @throws {Fault} `bad-setting` if it cannot be written
 */
export const writeSecretFile = (file: string, text: string): Promise<void> =>
  withDraft(file, text, (draft) => rename(draft, file));

/**
 * The text of a file that only this user can read. Writes `text` there if there is no such file; of several
 * processes that do so at once, the text of one counts for all.
 * @throws {Fault} `bad-setting` if it cannot be written or read, or if other users can read it
 */
export async function secretFile(file: string, text: string): Promise<string> {
  const there = await readSecret(file, removing);
  if (there !== undefined) return there;
  await withDraft(file, text, async (draft) => {
    await link(draft, file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
    await rm(draft, { force: true });
  });
  return (await readSecret(file, removing)) ?? text;
}

const removing = 'remove the file: the next start creates a new secret';

/**
 * The text of a file that only this user can read; undefined if it does not exist.
 *
 * @param replacing what to do if another user may have read it
 * @throws {Fault} `bad-setting` if it cannot be read, or if other users can read it
 */
export async function readSecret(file: string, replacing: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r');
    const { mode } = await handle.stat();
    if ((mode & 0o077) === 0) return await handle.readFile('utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(file, cause, 'bad-setting');
  }
  throw new Fault('bad-setting', `${file}: other users can read this secret`, {
    hint: `chmod 600 ${file}. If another user may have read it: ${replacing}`,
  });
}

async function withDraft(
  file: string,
  text: string,
  place: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await using handle = await open(draft, 'wx', 0o600);
    await handle.writeFile(text);
    await handle.sync();
    await place(draft);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw fileFault(file, cause, 'bad-setting');
  }
}
