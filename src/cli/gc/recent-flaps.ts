import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import type { FlapCounts } from '../../domain/policy/flaps.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';

const none: ReadonlyMap<string, FlapCounts> = new Map();

/**
 * How often the agents returned from suspicion or death, for `-o wide`; other formats do not read the history for it. A
 * list without it is better than none: the login of a consumer may not read the history.
 */
export async function recentFlaps(
  { ports, now }: { readonly ports: Ports; readonly now: WallTime },
  output: string | undefined,
  io: Terminal,
): Promise<ReadonlyMap<string, FlapCounts>> {
  if (output !== 'wide') return none;
  const { readFlaps } = await import('../../runtime/operator/read-flaps.ts');
  try {
    return await withSpinner(io, 'reading the history', () =>
      readFlaps(ports.audit, now, io.signal, systemAdapters.hash),
    );
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    io.out(io.palette.dim(`returns from suspicion or death are not known: ${cause.message}`));
    return none;
  }
}
