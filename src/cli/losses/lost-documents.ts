import { acknowledgementOf } from '../../domain/losses/acknowledged.ts';
import type { LossLedger } from '../../domain/losses/loss-ledger.ts';
import { isServed, lossesByService } from '../../domain/losses/losses.ts';
import type { Acknowledgement } from '../../domain/policy/acknowledgement.ts';
import { lossesOf } from './lost-lines.ts';

/**
 * What `lost --json` prints: the lost agents, each with the drain of its host and its acknowledgement, then the
 * services with losses that need attention, or of which no instance is live.
 */
export function lostDocuments(
  ledger: LossLedger,
  acknowledgements: readonly Acknowledgement[],
): readonly object[] {
  const agents = ledger.lost().map((one) => {
    const { until, why = null } = acknowledgementOf(one, acknowledgements) ?? {};
    const acknowledged = until === undefined ? null : { until, why };
    return { ...one, drained: ledger.drainOf(one) ?? null, acknowledged };
  });
  const services = lossesByService(lossesOf(ledger, acknowledgements)).map(
    ({ isDown, ...one }) => ({ event: 'service', ...one, noneLive: !isServed({ ...one, isDown }) }),
  );
  return [...agents, ...services];
}
