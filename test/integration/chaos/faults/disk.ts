import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The directory of a store; on a disk of its own it can be filled to the last byte. */
export interface Disk extends AsyncDisposable {
  readonly directory: string;
  /** Why the disk cannot be filled; undefined if it can. */
  readonly unfillable: string | undefined;
  fill(): Promise<void>;
  free(): Promise<void>;
}

const ofServer = 160;

/** Mounts a small tmpfs if permitted, else uses a plain directory. */
export async function openDisk(megabytes = ofServer): Promise<Disk> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-chaos-'));
  const unfillable = await mount(directory, megabytes);
  const ballast = join(directory, 'ballast');
  return {
    directory,
    unfillable,
    fill: async () => {
      if (unfillable === undefined) await fill(ballast, directory);
    },
    free: () => rm(ballast, { force: true }),
    [Symbol.asyncDispose]: async () => {
      if (unfillable === undefined) await run('umount', ['--lazy', directory]);
      await rm(directory, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

async function mount(directory: string, megabytes: number): Promise<string | undefined> {
  if (getuid?.() !== 0) return 'only root can mount a disk of its own';
  try {
    const options = `size=${megabytes}m,mode=0700`;
    await run('mount', ['-t', 'tmpfs', '-o', options, 'rollcall-chaos', directory]);
    return undefined;
  } catch (error) {
    return `a tmpfs cannot be mounted: ${error instanceof Error ? error.message.trim() : error}`;
  }
}

/** Fills all free space to the last block, including space that another server frees meanwhile. */
async function fill(ballast: string, directory: string): Promise<void> {
  await using file = await open(ballast, 'a');
  for (;;) {
    const { bavail, bsize } = await statfs(directory);
    if (bavail === 0) return;
    try {
      await file.write(Buffer.alloc(Math.min(bavail * bsize, 4 * 1024 * 1024)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
      throw error;
    }
  }
}
