import type { ApiPlanRow } from '../../api-types.ts';
import type { Transition } from '../../history/query-types.ts';

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
