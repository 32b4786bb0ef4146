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

/** How many are in each state, in the states' own order. */
export type Tallies = readonly (readonly [status: string, count: number])[];

/** What is asked of the fleet. */
export interface FleetQuery extends FleetFilter {
  /** The page's moment: what ended long before is no news. */
  readonly at: number;
  /** Also whoever is no news. */
  readonly old: boolean;
  readonly by: Grouping;
  /** The healthy are drawn, however many. */
  readonly all: boolean;
}

/** The fleet in numbers, who needs attention, and who is drawn where. */
export interface FleetSummary {
  /** Agents that are news. */
  readonly agents: number;
  readonly gone: number;
  readonly states: Tallies;
  /** Of them, those that are matching to. */
  readonly matching: number;
  readonly shares: Tallies;
  /** Instances by status. Contested ones are counted apart from the other dubious ones. */
  readonly instances: Tallies;
  readonly issues: Issues;
  readonly groups: Groups;
}

/**
 * Counts all slots, looking at each of them once.
 *
 * There may be thousands, and what a look costs is fetching the slot from memory: a pass for each number
 * took three times as long.
 */
export function summarizeFleet(
  everything: readonly AgentModel[],
  fleet: FleetModel,
  asked: FleetQuery,
): FleetSummary {
  const { at, old } = asked;
  const fitting = matchesFilter(asked);
  const states = new Count();
  const shares = new Count();
  const instances = { live: 0, dubious: 0, contested: 0, failing: 0, draining: 0, unverified: 0 };
  const matching: AgentModel[] = [];
  /** Where in the matching those are that are not simply live. */
  const unusual: number[] = [];
  const troubled: AgentModel[] = [];
  for (const slot of everything) {
    if (!old && !isRecent(slot, at)) continue;
    const { status, counts } = slot;
    states.add(status);
    if (!fitting(slot)) continue;
    shares.add(status);
    if (status !== 'live') unusual.push(matching.length);
    if (counts.failing > 0 || counts.contested > 0) troubled.push(slot);
    matching.push(slot);
    instances.live += counts.live;
    instances.dubious += counts.dubious - counts.contested;
    instances.contested += counts.contested;
    instances.failing += counts.failing;
    instances.draining += counts.draining;
    instances.unverified += counts.unverified;
  }
  return {
    agents: states.all,
    gone: everything.length - states.all,
    states: states.tallies(),
    matching: matching.length,
    shares: shares.tallies(),
    instances: Object.entries(instances),
    issues: findIssues({ slots: matching, unusual, troubled }, fleet),
    groups: groupsOf({ slots: matching, unusual }, asked),
  };
}

/** Most stand as their neighbour does: of a row of them only its length is taken down. */
class Count {
  all = 0;
  readonly #counts = new Map<string, number>();
  #status = '';
  #since = 0;

  add(status: string): void {
    if (status !== this.#status) {
      this.#takeDown();
      this.#status = status;
    }
    this.all += 1;
  }

  tallies(): Tallies {
    this.#takeDown();
    return runStatuses.flatMap((status) => {
      const count = this.#counts.get(status) ?? 0;
      return count > 0 || status === 'live' ? [[status, count] as const] : [];
    });
  }

  #takeDown(): void {
    const more = this.all - this.#since;
    if (more > 0) this.#counts.set(this.#status, (this.#counts.get(this.#status) ?? 0) + more);
    this.#since = this.all;
  }
}
