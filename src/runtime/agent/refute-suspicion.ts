import type { Ports } from '../../ports/ports.ts';
import { retryDelay } from '../support/retry.ts';
import { transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

/**
 * Rewrites the run's own record, which clears a suspicion: only the run refutes, and only while it
 * holds its lease. The caller has taken the lease first: key, then record, so that whoever reads the
 * record and then finds the key absent may not have missed it.
 * @throws {Fault} `store-unavailable`; regrant again
 */
export async function refuteSuspicion(
  holding: OwnedRecords,
  holds: () => boolean,
  ports: Pick<Ports, 'clock' | 'entropy' | 'metrics'>,
  signal: AbortSignal,
): Promise<'regranted' | 'lapsed' | OwnershipLost | undefined> {
  while (!signal.aborted) {
    const mine = await holding.check();
    if ('ended' in mine) return mine;
    if (!holds()) return 'lapsed';
    const change = transitionRun(holding.author, mine, { type: 'regranted' });
    const { outcome } =
      change === 'ignored' ? { outcome: 'committed' } : await holding.commit([change]);
    if (outcome === 'committed' && change !== 'ignored' && mine.record.suspect) {
      ports.metrics.refuted();
    }
    // The write may have taken longer than the lease.
    if (outcome === 'committed') return holds() ? 'regranted' : 'lapsed';
    await retryDelay(ports, signal);
  }
  return undefined;
}
