import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from './server.ts';

/** The path of a program in the folders of `PATH` or in /usr/sbin; undefined: there is none. */
export async function findProgram(name: string, env: Environment): Promise<string | undefined> {
  for (const folder of [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
