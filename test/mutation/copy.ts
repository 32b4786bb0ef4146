import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutate } from './mutant.ts';

/** A copy of the working tree: the mutants live there and nowhere else. */
export interface Copy extends AsyncDisposable {
  readonly root: string;
  /** Puts the mutant in while the work goes on, and takes it out again. */
  with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T>;
}

/** Tracked and untracked files in their current state; `node_modules` is shared. */
export async function copyTree(from: string): Promise<Copy> {
  const root = await mkdtemp(join(tmpdir(), 'rollcall-mutants-'));
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '-co', '--exclude-standard', '--deduplicate'],
    {
      cwd: from,
      encoding: 'utf8',
    },
  );
  for (const file of listed.split('\0')) {
    if (file === '' || file === 'node_modules') continue;
    // Deleted and not yet committed.
    await cp(join(from, file), join(root, file)).catch((cause) => {
      if (cause.code !== 'ENOENT') throw cause;
    });
  }
  await symlink(await realpath(join(from, 'node_modules')), join(root, 'node_modules'));
  return {
    root,
    async with(mutant, work) {
      const file = join(root, mutant.file);
      const source = await readFile(file, 'utf8');
      await writeFile(file, mutate(mutant, source));
      try {
        return await work();
      } finally {
        await writeFile(file, source);
      }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
