import type { PlanRow } from '../../../domain/collection/gc-plan.ts';
import type { ApiGcPlan } from '../../api-types.ts';
import type { Transition } from '../../history/query-types.ts';
import { formatCount } from '../format/format-time.ts';

/** The steps of a dead run, as columns. */
export interface Pipeline {
  readonly suspect: readonly PlanRow[];
  readonly due: readonly PlanRow[];
  readonly removing: readonly PlanRow[];
  readonly stuck: readonly PlanRow[];
}

/** Which column each row of the plan is in: waiting for its grace, due to expire, being removed, or stuck. */
export function pipelineOf(rows: readonly PlanRow[]): Pipeline {
  const columns = {
    suspect: [] as PlanRow[],
    due: [] as PlanRow[],
    removing: [] as PlanRow[],
    stuck: [] as PlanRow[],
  };
  for (const row of rows) {
    if (row.next === 'nothing') columns.stuck.push(row);
    else if (row.next === 'remove') columns.removing.push(row);
    else if (row.heldBy === null || row.heldBy.by === 'grace') columns.suspect.push(row);
    else columns.due.push(row);
  }
  return columns;
}

/** A one-line summary of the garbage collection. */
export function verdict(plan: ApiGcPlan, { suspect, due, removing, stuck }: Pipeline): string {
  const count = (rows: readonly PlanRow[], next: PlanRow['next']) =>
    rows.filter((row) => row.next === next).length;
  const held = count(due, 'expire');
  const suspects = count(suspect, 'expire') + held;
  const lapsed = count([...suspect, ...due], 'suspect');
  const parts = [
    plan.seats === null
      ? ''
      : plan.seats === 0
        ? 'no collector'
        : `${formatCount(plan.seats, 'collector')} watching`,
    `${formatCount(suspects, 'run')} suspect`,
    held > 0 ? `${held} of them held back` : '',
    lapsed > 0 ? `${lapsed} without a lease` : '',
    `${removing.length} being removed`,
    `${stuck.length} stuck`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** The status of a row and its reason, as the Fleet screen has them. */
export const planStatus = ({ why, heldBy }: PlanRow): readonly [status: string, reason: string] =>
  why === 'silent' || why === 'unreachable'
    ? ['suspect', heldBy?.by === 'hold' ? 'planned' : why]
    : [why, ''];

export const soonestFirst = (rows: readonly PlanRow[]): readonly PlanRow[] =>
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
