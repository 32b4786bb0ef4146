import type { Fleet } from '../fleet/fleet.ts';
import { isAcknowledged } from './acknowledged.ts';
import type { LossLedger } from './loss-ledger.ts';
import type { LostAgent, Remaining } from './losses.ts';

/** The losses of a fleet that need attention: those that no operator has acknowledged. */
export interface OpenLosses {
  readonly lost: readonly LostAgent[];
  readonly remaining: Remaining;
}

export const openLosses = (
  ledger: Pick<LossLedger, 'lost' | 'backIn'>,
  fleet: Fleet,
): OpenLosses => ({
  lost: ledger
    .lost()
    .filter((one) => !isAcknowledged(one, fleet.controls.policy.acknowledged ?? [])),
  remaining: { ...remainingIn(fleet), backIn: ledger.backIn },
});

/** The agents and instances that have a record. */
const remainingIn = (fleet: Fleet): Omit<Remaining, 'backIn'> => ({
  agentsIn(zone) {
    let count = 0;
    for (const { agent } of fleet.slots())
      if (agent?.kind === 'stored' && (agent.record.zone ?? '') === zone) count += 1;
    return count;
  },
  instancesOf: (service) => [...fleet.ofService(service)].length,
});
