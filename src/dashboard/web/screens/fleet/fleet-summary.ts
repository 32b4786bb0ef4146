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
 * With thousands of slots, memory access dominates: one pass per count took three times as long.
 */
export function summarizeFleet(
  slots: readonly AgentModel[],
  fleet: FleetModel,
  query: FleetQuery,
): FleetSummary {
  const { at, old, flaps } = query;
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
  for (const slot of slots) {
    const { status, counts } = slot;
    if (status === 'gone') lost.push(slot);
    if (!old && !isRecent(slot, at)) continue;
    states.add(status);
    if (status !== 'live') unusualOfAll.push(recent.length);
    recent.push(slot);
    if (counts.failing > 0 || counts.contested > 0) troubled.push(slot);
    instances.live += counts.live;
    instances.dubious += counts.dubious - counts.contested;
    instances.contested += counts.contested;
    instances.failing += counts.failing;
    instances.draining += counts.draining;
    instances.unverified += counts.unverified;
    if (!matches(slot)) continue;
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

/** Counts statuses. Neighbours often share one, so a run of equal statuses updates the map once. */
class StatusCounter {
  all = 0;
  readonly #counts = new Map<string, number>();
  #status = '';
  /** The total when the current run of equal statuses began. */
  #runStart = 0;

  add(status: string): void {
    if (status !== this.#status) {
      this.#flush();
      this.#status = status;
    }
    this.all += 1;
  }

  tallies(): Tallies {
    this.#flush();
    return runStatuses.flatMap((status) => {
      const count = this.#counts.get(status) ?? 0;
      return count > 0 || status === 'live' ? [[status, count] as const] : [];
    });
  }

  #flush(): void {
    const length = this.all - this.#runStart;
    if (length > 0) this.#counts.set(this.#status, (this.#counts.get(this.#status) ?? 0) + length);
    this.#runStart = this.all;
  }
}
