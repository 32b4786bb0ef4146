import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { Fault } from '../../../domain/fault.ts';
import { fileFault } from '../../files/read-text.ts';

/** The text of the file; undefined: there is no file. @throws {Fault} `bad-setting` */
export async function presentText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw fileFault(file, cause, 'bad-setting');
  }
}

/** Where a new text is written before it takes the place of the file. */
const draftOf = (file: string): string => `${file}.new`;

/**
 * Writes `FILE.new`, and renames it to the file if `accept` resolves to true; otherwise the file stays as it
 * was, and the draft remains to be looked at. A symbolic link keeps its place.
 * @throws {Fault} `bad-setting` if it cannot be written
 */
export async function installFile(
  file: string,
  text: string,
  {
    mode,
    accept,
  }: { readonly mode: number | undefined; readonly accept: (draft: string) => Promise<boolean> },
): Promise<boolean> {
  const target = await realpath(file).catch(() => file);
  const draft = draftOf(target);
  try {
    const before = await stat(target).catch(() => undefined);
    if (before && !before.isFile())
      throw new Fault('bad-setting', `--out ${file} is not a regular file`, {
        hint: 'name a file that a program reads',
      });
    // Created anew: an existing file of this name may be a link, or have other rights.
    await rm(draft, { force: true });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.chmod(mode ?? (before ? before.mode & 0o777 : 0o644));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!(await accept(draft))) return false;
    await rename(draft, target);
    return true;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw fileFault(file, cause, 'bad-setting');
  }
}
