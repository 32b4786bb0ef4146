import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import type { OpenLosses } from '../../domain/losses/losses.ts';
import { openLosses } from '../../domain/losses/open-losses.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import type { Terminal } from '../terminal/io.ts';

/**
 * The losses of the last 24 hours that need attention. A list without them is better than none: a login that
 * may not read the history, such as that of a consumer, gets `unknown` with the reason.
 */
export async function recentLosses(
  { ports, directory }: { readonly ports: Ports; readonly directory: Directory },
  { signal }: Pick<Terminal, 'signal'>,
): Promise<OpenLosses & { readonly unknown?: string }> {
  const { readRecentLosses } = await import('../../runtime/operator/recent-losses.ts');
  try {
    const ledger = await readRecentLosses(ports, signal, systemAdapters.hash);
    return openLosses(ledger, directory.fleet);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const unread = { lost: () => [], backIn: () => [] };
    return {
      ...openLosses(unread, directory.fleet),
      unknown: `lost agents are not known: ${cause.message}`,
    };
  }
}
