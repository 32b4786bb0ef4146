import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

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
