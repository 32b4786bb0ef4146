import { type CollectorFacts, isWatching } from '../../../domain/fleet/observation.ts';
import type { ApiPlanRow } from '../../api-types.ts';
import type { Transition } from '../../history/query-types.ts';
import { formatCount } from '../format/format-time.ts';
import type { EntityState } from './agent-model.ts';

export const soonestFirst = (rows: readonly ApiPlanRow[]): readonly ApiPlanRow[] =>
  rows.toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));

/** The average time from a run's expiry to its end. Expects the newest run first. */
export function meanWay(
  newestFirst: readonly Transition[],
  isRun: (entity: number) => boolean,
): number | null {
  const ends = new Map<number, number>();
  let [sum, count] = [0, 0];
  for (const { entity, type, at } of newestFirst) {
    if (!isRun(entity)) continue;
    if (type === 'removed') ends.set(entity, at);
    const end = ends.get(entity);
    if (type !== 'expired' || end === undefined) continue;
    sum += end - at;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** Since when a collector watches, through all its removals; of one that does not: since when it is in its state. */
export const watchingSince = ({ state, since, origin }: EntityState): number =>
  /watching|removing/.test(state) ? origin[1] || since : since;

/**
 * How many collectors watch. `seats` null: in the past, where a collector that did nothing later may have been killed
 * before the moment.
 */
export function watchingText(
  seats: number | null,
  collectors: readonly CollectorFacts[],
  at: number,
): string {
  const seated = collectors.filter(({ hasSeat, isBlind }) => hasSeat && !isBlind).length;
  const sure = seats ?? collectors.filter((one) => isWatching(one, at)).length;
  if (sure === 0) return seats === 0 ? 'no collector' : 'collectors not known';
  const least = seats === null && sure < seated ? 'at least ' : '';
  return `${least}${formatCount(sure, 'collector')} watching`;
}
