import { randomInt } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../domain/fault.ts';

/** Files of this name, a dot and a process id say who has a server on the store. */
const holdName = 'in-use-by';
const attempts = 4;

export function lockFilePrefix(storeDir: string): string {
  return join(storeDir, holdName);
}

/**
 * Holds a store directory in the name of a process, as long as that process lives: two servers on
 * one store destroy it, and nats-server does not look.
 *
 * Everybody writes a file under their own name first and looks for others second, so of two at
 * once at least one sees the other; both may step back, and try again. A file whose process is
 * gone is removed by whoever sees it: it can be nobody else's. This holds for processes that see
 * each other, not for two machines on one network file system.
 * @throws {Fault} `server-failed` when another process holds the store
 */
export async function lockStore(storeDir: string, pid: number): Promise<void> {
  const own = `${lockFilePrefix(storeDir)}.${pid}`;
  const birth = await birthOf(pid);
  for (let attempt = 1; ; attempt++) {
    await writeFile(own, birth, { mode: 0o600 });
    const other = (await holders(storeDir)).find((holder) => holder !== pid);
    if (other === undefined) return;
    await rm(own, { force: true });
    if (attempt === attempts) {
      throw new Fault(
        'server-failed',
        `${storeDir} is in use by a nats-server (process ${other})`,
        {
          hint: 'connect to that one with --servers, stop it, or choose another store directory',
        },
      );
    }
    await pause(randomInt(20, 200));
  }
}

/** The living holders of the store; what dead ones left is removed. */
async function holders(storeDir: string): Promise<number[]> {
  const living: number[] = [];
  for (const name of await readdir(storeDir)) {
    if (!name.startsWith(`${holdName}.`)) continue;
    const file = join(storeDir, name);
    const pid = Number(name.slice(holdName.length + 1));
    const birth = await readFile(file, 'utf8').catch(() => undefined);
    if (birth === undefined) continue;
    if (lives(pid) && (birth === '' || birth === (await birthOf(pid)))) living.push(pid);
    else await rm(file, { force: true });
  }
  return living;
}

function lives(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Which boot and which tick a process began in: process ids come round. Empty where /proc is not. */
async function birthOf(pid: number): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return started === undefined ? '' : `${boot.trim()} ${started}\n`;
}
