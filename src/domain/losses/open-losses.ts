import { toInstanceRow } from '../fleet/directory-rows.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { agentMapKey } from '../identity/registry-keys.ts';
import type { WallTime } from '../time.ts';
import { isAcknowledged } from './acknowledged.ts';
import type { LossLedger } from './loss-ledger.ts';
import type { OpenLosses, Remaining } from './losses.ts';

/** The losses of a fleet: those that need attention, and those that an operator has acknowledged. */
export function openLosses(ledger: Pick<LossLedger, 'lost' | 'backIn'>, fleet: Fleet): OpenLosses {
  const known = fleet.controls.policy.acknowledged ?? [];
  const { no: lost = [], yes: acknowledged = [] } = Object.groupBy(ledger.lost(), (one) =>
    isAcknowledged(one, known) ? 'yes' : 'no',
  );
  return { lost, acknowledged, remaining: { ...remainingIn(fleet), backIn: ledger.backIn } };
}

/** The agents and instances that have a record. */
const remainingIn = (fleet: Fleet): Omit<Remaining, 'backIn'> => ({
  agentsIn(zone) {
    let count = 0;
    for (const { agent } of fleet.slots())
      if (agent?.kind === 'stored' && (agent.record.zone ?? '') === zone) count += 1;
    return count;
  },
  instancesOf: (service) => [...fleet.ofService(service)].length,
  down() {
    const down = new Map<string, WallTime>();
    for (const service of fleet.services()) {
      const since = downSince(service, fleet);
      if (since !== undefined) down.set(service, since);
    }
    return down;
  },
});

/** Since when no instance of a service is live and one is dubious or failing; undefined: that is not so. */
function downSince(service: string, fleet: Fleet): WallTime | undefined {
  let last: WallTime | undefined;
  for (const stored of fleet.ofService(service)) {
    const slot = fleet.slot(agentMapKey(stored.record));
    if (!slot) continue;
    const { state, reason, since } = toInstanceRow(stored, slot, fleet, true);
    // What cannot be judged may be live.
    if (state === 'live' || reason === 'unobserved') return undefined;
    if (state !== 'draining') last = Math.max(last ?? 0, since);
  }
  return last;
}
