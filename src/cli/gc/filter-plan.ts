import type { PlanRow } from '../../domain/collection/gc-plan.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { zoneOfRow } from '../../domain/fleet/fleet-rows.ts';
import type { AgentName, HostId, RunId } from '../../domain/identity/names.ts';
import { filterRows } from '../tables/apply-filter.ts';
import { planReason } from './plan-table.ts';

/** The fields of a plan. A reason such as `silent` is a word without a field. */
export const planFields = ['host', 'agent', 'zone'] as const;

/** The rows of a plan that a filter leaves. @throws {Fault} `bad-setting` */
export function filterPlan(
  rows: readonly PlanRow[],
  text: string,
  fleet: Fleet,
): readonly PlanRow[] {
  const shown = rows.map((row) => ({ row, ...namesOf(row, fleet) }));
  return filterRows(shown, text, planFields).map(({ row }) => row);
}

/** The row as a list has it. An unreadable record has only its key. */
function namesOf(row: PlanRow, fleet: Fleet) {
  const { host, agent, run, key, kind } = row;
  const named = { id: key ?? '', state: kind, reason: planReason(row) };
  if (host === null || agent === null || run === null) return { host: '', agent: '', ...named };
  const of = { host: host as HostId, agent: agent as AgentName, run: run as RunId };
  const zone = zoneOfRow(of, fleet);
  return { host, agent, ...named, ...(zone !== undefined && { zone }) };
}
