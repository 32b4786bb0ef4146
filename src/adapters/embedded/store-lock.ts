import { randomInt } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../domain/fault.ts';

/** A file of this name with a dot and a process id marks the process that uses the store. */
const lockName = 'in-use-by';
const attempts = 4;

export function lockFilePrefix(storeDir: string): string {
  return join(storeDir, lockName);
}

/**
 * Locks a store directory for a process as long as that process lives. Two servers would destroy a
 * shared store, and nats-server does not check.
 *
 * Each process first writes its own file and then looks for others, so of two concurrent processes at
 * least one sees the other. Both may remove their file and try again. The file of a dead process is
 * removed by the next one: it can belong to no other. This works for processes that see each other, not
 * for two machines on one network file system.
 * @throws {Fault} `server-failed` if another process uses the store
 */
export async function lockStore(storeDir: string, pid: number): Promise<void> {
  const file = `${lockFilePrefix(storeDir)}.${pid}`;
  const startedAt = await startOf(pid);
  for (let attempt = 1; ; attempt++) {
    await writeFile(file, startedAt, { mode: 0o600 });
    const other = (await lockOwners(storeDir)).find((owner) => owner !== pid);
    if (other === undefined) return;
    await rm(file, { force: true });
    if (attempt === attempts) {
      throw new Fault(
        'server-failed',
        `${storeDir} is in use by a nats-server (process ${other})`,
        {
          hint: 'connect to that server with --servers, stop it, or choose another store directory',
        },
      );
    }
    await pause(randomInt(20, 200));
  }
}

/** The living processes that lock the store. Files of dead processes are removed. */
async function lockOwners(storeDir: string): Promise<number[]> {
  const living: number[] = [];
  for (const name of await readdir(storeDir)) {
    if (!name.startsWith(`${lockName}.`)) continue;
    const file = join(storeDir, name);
    const pid = Number(name.slice(lockName.length + 1));
    const startedAt = await readFile(file, 'utf8').catch(() => undefined);
    if (startedAt === undefined) continue;
    if (isAlive(pid) && (startedAt === '' || startedAt === (await startOf(pid)))) living.push(pid);
    else await rm(file, { force: true });
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
