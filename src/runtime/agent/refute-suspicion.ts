import type { Ports } from '../../ports/ports.ts';
import { retryDelay } from '../support/retry.ts';
import { transitionRun } from '../transitions/run-changes.ts';
import type { OwnedRecords, OwnershipLost } from './owned-records.ts';

/**
 * Rewrites the record of the run, which clears a suspicion. Only the run refutes, and only while it
 * has its lease. The caller has acquired the lease first: lease, then record, so that a collector
 * that reads the record and then finds no lease cannot have missed it.
 * @throws {Fault} `store-unavailable`; call again
 */
export async function refuteSuspicion(
  records: OwnedRecords,
  hasLease: () => boolean,
  ports: Pick<Ports, 'clock' | 'entropy' | 'metrics'>,
  signal: AbortSignal,
): Promise<'regranted' | 'lapsed' | OwnershipLost | undefined> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    const own = await records.check();
    if ('ended' in own) return own;
    if (!hasLease()) return 'lapsed';
    const change = transitionRun(records.author, own, { type: 'regranted' });
    const { outcome } =
      change === 'ignored' ? { outcome: 'committed' } : await records.commit([change], signal);
    if (outcome === 'committed' && change !== 'ignored' && own.record.suspect) {
      ports.metrics.refuted();
    }
    // The write may have taken longer than the ttl of the lease.
    if (outcome === 'committed') return hasLease() ? 'regranted' : 'lapsed';
    await retryDelay(ports, signal, failures);
  }
  return undefined;
}
