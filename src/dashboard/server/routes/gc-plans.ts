import type { BrakeForecast } from '../../../domain/collection/brake-forecast.ts';
import { type Plan, planRemovals } from '../../../domain/collection/gc-plan.ts';
import type { Fleet } from '../../../domain/fleet/fleet.ts';
import { leaseKey } from '../../../domain/identity/registry-keys.ts';
import { defaultLease } from '../../../domain/policy/lease-policy.ts';
import type { Revision } from '../../../domain/time.ts';
import { replayTo } from '../../../runtime/audit/replay.ts';
import type { ApiBrake, ApiGcPlan, ApiHold } from '../../api-types.ts';
import type { Source } from '../history/live-source.ts';
import { planRow, verdict } from './plan-text.ts';

/** What will be removed from the fleet in its present state. Reads leases and seats. */
export type PlanNow = () => Promise<{
  readonly fleet: Fleet;
  readonly plan: Plan & { readonly seats: number };
}>;

export async function livePlan(source: Source, planNow: PlanNow): Promise<ApiGcPlan> {
  const { fleet, plan } = await planNow();
  const { last } = source.index();
  return {
    seq: last,
    at: source.now(),
    estimate: false,
    seats: plan.seats,
    ...documentOf(plan, fleet, plan.seats),
  };
}

/**
 * What would have been removed after an event of the past. Leases are not recorded, so this assumes that
 * every run without a suspicion had its lease, and that a collector was watching.
 */
export async function pastPlan(
  source: Source,
  seq: Revision,
  signal: AbortSignal,
): Promise<ApiGcPlan> {
  const { history, keyframes } = source;
  const { fleet, at, seq: reached } = await replayTo(history, { seq }, keyframes, signal, noHash);
  const leases = new Set<string>();
  for (const { agent } of fleet.slots()) {
    if (agent?.kind === 'stored' && !agent.record.suspect) leases.add(leaseKey(agent.record));
  }
  const around = { now: at, seats: 1, leases, answering: new Set<string>(), orphans: defaultLease };
  const plan = planRemovals(fleet, around);
  return { seq: reached, at, estimate: true, seats: null, ...documentOf(plan, fleet, null) };
}

/** Only the state is needed, so the chains are not verified. */
const noHash = () => '0'.repeat(64);

function documentOf(plan: Plan, fleet: Fleet, seats: number | null) {
  const rows = plan.rows.map((row) => planRow(row, plan.brakes));
  return {
    ...{
      rows,
      verdict: verdict({ seats, rows }),
      brakes: plan.brakes.map((one) => brakeOf(one, fleet)),
    },
    holds: [...fleet.controls.holds()].map(({ record }): ApiHold => {
      const { host, agent = null, until, why = null, by, since } = record;
      return { host, agent, until, why, by: `${by.host}/${by.agent}`, since };
    }),
  };
}

const brakeOf = ({ record, turns: _, ...counts }: BrakeForecast, fleet: Fleet): ApiBrake => ({
  ...counts,
  on: record !== undefined,
  release: fleet.controls.policy.brake.release,
});
