import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/**
 * The present moment for ages: by the clock of the server, because that of this machine may be wrong. The own
 * clock if this login may not ask for the server's.
 * @throws {Fault} `store-unavailable`
 */
export async function serverNow({ serverTime }: Pick<Ports, 'serverTime'>): Promise<WallTime> {
  try {
    return await serverTime.now();
  } catch (cause) {
    if (cause instanceof Fault && cause.code === 'store-refused')
      return systemAdapters.clock.wall();
    throw cause;
  }
}
