import { daemonHost } from '../../composition/daemon-host.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Terminal } from '../terminal/io.ts';

const lookEvery: Millis = seconds(10);

/**
 * Prints once that orphaned processes are not reaped. Process 1 of a container inherits them, and Node
 * reaps only the processes that it started itself.
 */
export async function watchOrphans(io: Terminal, signal: AbortSignal): Promise<void> {
  if (io.pid !== 1) return;
  while (!signal.aborted) {
    await systemAdapters.clock.sleep(lookEvery, signal);
    const count = signal.aborted ? 0 : daemonHost.countZombies(io.pid);
    if (count === 0) continue;
    io.err(
      `${count} ended processes are zombies: as process 1, rollcall run does not reap orphaned processes; start the container with an init (docker run --init)`,
    );
    return;
  }
}
