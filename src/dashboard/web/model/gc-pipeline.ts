import { isWatching } from '../../../domain/fleet/observation.ts';
import type { ApiPlanRow } from '../../api-types.ts';
import { working } from '../../history/status-facts.ts';
import { formatCount } from '../format/format-time.ts';
import type { EntityState } from './agent-model.ts';
import type { Collector } from './control-index.ts';
import type { FleetModel } from './fleet-model.ts';
import { statusOf } from './state-styles.ts';

export const soonestFirst = (rows: readonly ApiPlanRow[]): readonly ApiPlanRow[] =>
  rows.toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));

/**
 * Whether a collector watches by its last event, and has no seat by what the server read: it was killed, which
 * writes no event.
 */
export const isSeatless = ({ state, entity }: EntityState, { controls }: FleetModel): boolean =>
  working.test(state) && controls.seats?.seats?.includes(entity.run) === false;

/** The status of a collector; `unverified`: in the past, it may have been killed before the moment. */
export function collectorStatus(one: Collector, fleet: FleetModel, at: number): string {
  const { state } = one.of;
  if (isSeatless(one.of, fleet)) return 'no seat';
  return !working.test(state) ||
    fleet.controls.seats ||
    (fleet.observation === 'observed' && isWatching(one, at))
    ? statusOf('collector', state)
    : 'unverified';
}

/** How many collectors watch. */
export function watchingText(fleet: FleetModel, at: number): string {
  const { observation, controls } = fleet;
  const statuses = controls.collectors().map((one) => collectorStatus(one, fleet, at));
  const count =
    controls.seats?.seats?.length ?? statuses.filter((status) => working.test(status)).length;
  if (count === 0) return observation === 'unobserved' ? 'no collector' : 'collectors not known';
  const least = statuses.includes('unverified') ? 'at least ' : '';
  return `${least}${formatCount(count, 'collector')} watching`;
}
