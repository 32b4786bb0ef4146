import { StoreInUse } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { lockFilePrefix, takeLock } from '../files/folder-lock.ts';

/** Two servers that start at once see each other; one that runs is not waited for. */
const patience: Millis = seconds(0.5);

/**
 * Locks a store directory for a process as long as that process lives. Two servers would destroy a
 * shared store, and nats-server does not check.
 * @throws {Fault} `server-failed` if another process uses the store
 */
export async function lockStore(storeDir: string, pid: number): Promise<void> {
  const file = `${lockFilePrefix(storeDir)}.${pid}`;
  const other = await takeLock(storeDir, { file, pid }, patience);
  if (other === undefined) return;
  throw new StoreInUse(
    'server-failed',
    `${storeDir} is in use by a nats-server (process ${other})`,
    {
      hint: 'connect to that server with --servers, stop it, or choose another store directory',
    },
  );
}
