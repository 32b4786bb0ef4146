import { isFlapping } from '../../../domain/policy/flaps.ts';
import type { SlotFlaps } from '../../history/query-types.ts';
import { formatCount } from '../format/format-time.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Issue } from './issues.ts';

/** One issue for each agent that flaps more than the policy allows, the worst first. */
export function flapIssues(flaps: readonly SlotFlaps[], fleet: FleetModel): readonly Issue[] {
  const allowed = fleet.controls.policy?.note.flaps;
  return flaps
    .filter((one) => isFlapping(one, allowed))
    .sort((a, b) => b.hour - a.hour)
    .flatMap(({ host, agent, hour, day, last }) => {
      const slot = fleet.slot(host, agent);
      return slot
        ? {
            key: `flaps ${slot.key}`,
            status: 'flapping',
            title: `${host}/${agent}`,
            reason: `returned from suspicion or death ${formatCount(hour, 'time')} in the last hour, ${day} in 24 h`,
            since: last,
            next: 'check its process, host, network and ttl',
            slots: [slot],
          }
        : [];
    });
}

export type FlapColumn = 'hour' | 'day' | 'last';

/** The highest value of a column first; among equals those that flapped most in the last hour. */
export const sortFlaps = (flaps: readonly SlotFlaps[], by: FlapColumn): readonly SlotFlaps[] =>
  flaps.toSorted((a, b) => b[by] - a[by] || b.hour - a.hour || b.day - a.day || b.last - a.last);
