import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill, pid as ownPid } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';

/** A file of this name with a dot and a process id marks the process that uses the folder. */
const lockName = 'in-use-by';

export const lockFilePrefix = (folder: string): string => join(folder, lockName);

/** How long a command waits for the changes of others. A change lets servers reload, which takes half a second. */
const patience: Millis = seconds(30);

/**
 * Locks a folder until the result is disposed or this process ends. Whatever reads files of a folder, changes them
 * and writes them back does it under this lock; it reads them after it has the lock.
 *
 * @param within how long to wait for others
 * @throws {Fault} `bad-setting` if another process has the folder for longer, or if it cannot be written
 * @example
 * await using _lock = await lockFolder(folder);
 */
export async function lockFolder(folder: string, within = patience): Promise<AsyncDisposable> {
  const file = `${lockFilePrefix(folder)}.${ownPid}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const other = await takeLock(folder, { file, pid: ownPid }, within);
    if (other !== undefined) throw busy(folder, other, within);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('bad-setting', `${folder} cannot be locked for a change: ${why}`, { cause });
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

const busy = (folder: string, pid: number, within: Millis): Fault =>
  new Fault(
    'bad-setting',
    `${folder} is being changed by process ${pid}, which has not finished within ${within / 1000} s`,
    { hint: 'try again. If that process hangs, end it: its change is then finished or repeated' },
  );

/**
 * Locks a folder for a process as long as that process lives.
 *
 * Each process first writes its own file and then looks for others, so of two concurrent processes at
 * least one sees the other. Both may remove their file and try again. The file of a dead process is
 * removed by the next one: it can belong to no other. This works for processes that see each other, not
 * for two machines on one network file system or two containers.
 *
 * @param owner `file`: a name that no other owner has, with the prefix of `lockFilePrefix`, a dot and the process id
 * @returns the process that has the folder, if it still has it after `within`; undefined: it is locked
 */
export async function takeLock(
  folder: string,
  { file, pid }: { readonly file: string; readonly pid: number },
  within: Millis,
): Promise<number | undefined> {
  const startedAt = await startOf(pid);
  const until = performance.now() + within;
  for (;;) {
    await writeFile(file, startedAt, { mode: 0o600 });
    const other = (await lockOwners(folder)).find((owner) => owner.file !== file);
    if (other === undefined) return undefined;
    await rm(file, { force: true });
    if (performance.now() > until) return other.pid;
    await pause(randomInt(20, 200));
  }
}

/** The living processes that lock the folder. Files of dead processes are removed. */
async function lockOwners(folder: string) {
  const living: { readonly file: string; readonly pid: number }[] = [];
  for (const name of await readdir(folder)) {
    const [, digits] = /^in-use-by\.(\d+)(\.|$)/.exec(name) ?? [];
    if (digits === undefined) continue;
    const file = join(folder, name);
    const pid = Number(digits);
    const startedAt = await readFile(file, 'utf8').catch(() => undefined);
    if (startedAt === undefined) continue;
    if (isAlive(pid) && (startedAt === '' || startedAt === (await startOf(pid)))) {
      living.push({ file, pid });
    } else await rm(file, { force: true });
  }
  return living;
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Boot id and start time of a process, because process ids are reused. Empty without /proc. */
async function startOf(pid: number): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return started === undefined ? '' : `${boot.trim()} ${started}\n`;
}
