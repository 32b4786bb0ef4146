import type { SlotFlaps } from '../../../history/query-types.ts';
import type { AgentModel } from '../../model/agent-model.ts';
import type { FleetModel } from '../../model/fleet-model.ts';
import {
  type FleetFilter,
  type Grouping,
  type Groups,
  groupsOf,
  isRecent,
  matchesFilter,
} from '../../model/group-agents.ts';
import { findIssues, type Issues } from '../../model/issues.ts';
import { runStatuses } from '../../model/state-styles.ts';

/** The number of agents or instances in each state, in display order. */
export type Tallies = readonly (readonly [status: string, count: number])[];

/** The filters of the Fleet screen. */
export interface FleetQuery extends FleetFilter {
  /** The current moment. Agents that ended long before it are left out. */
  readonly at: number;
  /** Also includes agents that ended long ago. */
  readonly old: boolean;
  readonly by: Grouping;
  /** Shows healthy agents even if there are more than `mostCells`. */
  readonly all: boolean;
  readonly flaps: readonly SlotFlaps[];
}

/** The counts, issues and groups of the Fleet screen. */
export interface FleetSummary {
  /** The number of agents, without those that ended long ago. */
  readonly agents: number;
  /** The number of agents that ended long ago and are left out. */
  readonly gone: number;
  readonly states: Tallies;
  /** The number of agents that match the filters. */
  readonly matching: number;
  /** The states of the matching agents. */
  readonly shares: Tallies;
  /** All instances by status, whatever the filters. `dubious` does not include `contested`. */
  readonly instances: Tallies;
  /** The issues of the whole fleet: a filter never hides what needs attention. */
  readonly issues: Issues;
  readonly groups: Groups;
}

/**
 * Computes all counts in one pass over the slots.
 *
 * With thousands of slots, memory access dominates: one pass per count took three times as long, and so does a
 * look at each healthy slot.
 */
export function summarizeFleet(
  slots: readonly AgentModel[],
  fleet: FleetModel,
  query: FleetQuery,
): FleetSummary {
  const { at, old, flaps } = query;
  const { healthy } = fleet;
  const matches = matchesFilter(query, (slot) => fleet.lostWith(slot));
  const states = new StatusCounter();
  const shares = new StatusCounter();
  const instances = { live: 0, dubious: 0, contested: 0, failing: 0, draining: 0, unverified: 0 };
  const matching: AgentModel[] = [];
  /** The agents that are shown without a filter. */
  const recent: AgentModel[] = [];
  /** The indexes in `matching` and in `recent` of agents that are not live. */
  const unusual: number[] = [];
  const unusualOfAll: number[] = [];
  const troubled: AgentModel[] = [];
  const lost: AgentModel[] = [];
  for (let n = 0; n < slots.length; n += 1) {
    const slot = slots[n] as AgentModel;
    const live = healthy[n] ?? -1;
    const status = live < 0 ? slot.status : 'live';
    if (live < 0) {
      if (status === 'gone') lost.push(slot);
      if (!old && !isRecent(slot, at)) continue;
      const { counts } = slot;
      if (status !== 'live') unusualOfAll.push(recent.length);
      if (counts.failing > 0 || counts.contested > 0) troubled.push(slot);
      for (const one of Object.keys(counts) as (keyof typeof counts)[])
        instances[one] += counts[one];
      instances.dubious -= counts.contested;
    } else instances.live += live;
    states.add(status);
    recent.push(slot);
    if (matches && !matches(slot)) continue;
    shares.add(status);
    if (status !== 'live') unusual.push(matching.length);
    matching.push(slot);
  }
  return {
    agents: states.all,
    gone: slots.length - states.all,
    states: states.tallies(),
    matching: matching.length,
    shares: shares.tallies(),
    instances: Object.entries(instances),
    issues: findIssues({ slots: recent, unusual: unusualOfAll, troubled, lost, flaps }, fleet),
    groups: groupsOf({ slots: matching, unusual }, query),
  };
}

/** Counts statuses. Nearly all are live. */
class StatusCounter {
  all = 0;
  #live = 0;
  readonly #others = new Map<string, number>();

  add(status: string): void {
    this.all += 1;
    if (status === 'live') this.#live += 1;
    else this.#others.set(status, (this.#others.get(status) ?? 0) + 1);
  }

  tallies(): Tallies {
    this.#others.set('live', this.#live);
    return runStatuses
      .map((status) => [status, this.#others.get(status) ?? 0] as const)
      .filter(([status, count]) => count > 0 || status === 'live');
  }
}
