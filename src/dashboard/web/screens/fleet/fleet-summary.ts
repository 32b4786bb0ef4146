import type { SlotFlaps } from '../../../history/query-types.ts';
import { formatCount } from '../../format/format-time.ts';
import { countNames, statusCode } from '../../model/agent-list.ts';
import type { AgentModel } from '../../model/agent-model.ts';
import type { FleetModel } from '../../model/fleet-model.ts';
import {
  type Grouping,
  type Groups,
  groupsOf,
  type InstancesFound,
  isRecent,
  matcherOf,
  type SlotMatch,
} from '../../model/group-agents.ts';
import { findIssues, type Issues } from '../../model/issues.ts';
import { isEnded, runStatuses } from '../../model/state-styles.ts';

/** The number of agents or instances in each state, in display order. */
export type Tallies = readonly (readonly [status: string, count: number])[];

/** The filters of the Fleet screen. */
export interface FleetQuery {
  readonly text: string;
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
  /** The instances that match. */
  readonly found: InstancesFound;
  /** The states of the matching agents. */
  readonly shares: Tallies;
  /** All instances by status, whatever the filters. */
  readonly instances: Tallies;
  /** How many of the dubious ones are contested. */
  readonly contested: number;
  /** The issues of the whole fleet: a filter never hides what needs attention. */
  readonly issues: Issues;
  readonly groups: Groups;
}

/**
 * Computes all counts in one pass over the columns of the agents. With thousands of them, a look at each agent itself takes
 * most of a step in time.
 */
export function summarizeFleet(
  slots: readonly AgentModel[],
  fleet: FleetModel,
  query: FleetQuery,
): FleetSummary {
  const { at, old, flaps } = query;
  const { columns } = fleet;
  const { status, isPast, isTroubled, counts } = columns;
  const states = new StatusCounter();
  const instances = new Int32Array(countNames.length);
  const unusual: number[] = [];
  const troubled: AgentModel[] = [];
  const lost: AgentModel[] = [];
  /** The agents that are shown without a filter; undefined: so far all. */
  let recent: AgentModel[] | undefined;
  let n = -1;
  for (let row = 0; row < status.length; row += 1) {
    if (!columns.isThere(row)) continue;
    n += 1;
    const code = status[row] ?? 0;
    if (code === gone || code === expired) lost.push(slots[n] as AgentModel);
    if (isPast[row] === 1 && !old && !isRecent(slots[n] as AgentModel, at)) {
      recent ??= slots.slice(0, n);
      continue;
    }
    if (code !== live) unusual.push(states.all);
    if (isTroubled[row] === 1) troubled.push(slots[n] as AgentModel);
    states.add(code);
    for (let k = 0; k < instances.length; k += 1)
      instances[k] = (instances[k] ?? 0) + (counts[row * instances.length + k] ?? 0);
    recent?.push(slots[n] as AgentModel);
  }
  const all = { slots: recent ?? slots, unusual };
  const matchOf = matcherOf(query.text, (slot) => fleet.lostWith(slot));
  const {
    matching,
    shares,
    found,
    lost: lostFound,
  } = matchOf
    ? matchesOf(all.slots, matchOf)
    : { matching: all, shares: states, found: 0, lost: 0 };
  return {
    agents: states.all,
    gone: slots.length - states.all,
    states: states.tallies(),
    matching: matching.slots.length,
    found: {
      found,
      all: instances.subarray(0, -1).reduce((sum, count) => sum + count, 0),
      lost: lostFound,
    },
    shares: shares.tallies(),
    instances: statuses.map((name, k) => [name, instances[k] ?? 0]),
    contested: instances.at(-1) ?? 0,
    issues: findIssues({ ...all, troubled, lost, flaps }, fleet),
    groups: groupsOf(matching, query),
  };
}

/** The agents that are there, and those that ended: `11 agents, 1 gone`. */
export function agentsText(agents: number, states: Tallies): string {
  const ended = states.filter(([status]) => isEnded(status));
  const there = ended.reduce((left, [, count]) => left - count, agents);
  return (
    formatCount(there, 'agent') + ended.map(([status, count]) => `, ${count} ${status}`).join('')
  );
}

function matchesOf(slots: readonly AgentModel[], matchOf: (slot: AgentModel) => SlotMatch) {
  let [found, lost] = [0, 0];
  const shares = new StatusCounter();
  const matching: AgentModel[] = [];
  const unusual: number[] = [];
  for (const slot of slots) {
    const match = matchOf(slot);
    if (!match.isFound) continue;
    found += match.found;
    lost += match.lost;
    const code = statusCode(slot.status);
    if (code !== live) unusual.push(matching.length);
    shares.add(code);
    matching.push(slot);
  }
  return { matching: { slots: matching, unusual }, shares, found, lost };
}

/** The statuses of instances. */
const statuses = countNames.slice(0, -1);

const live = statusCode('live');
const unverified = statusCode('unverified');
const gone = statusCode('gone');
const expired = statusCode('expired');

/** Counts statuses by their code. */
class StatusCounter {
  all = 0;
  readonly #counts = new Int32Array(runStatuses.length + 1);

  add(code: number): void {
    this.all += 1;
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
  }

  tallies(): Tallies {
    const isVerified = !this.#counts[unverified];
    return runStatuses
      .map((status, code) => [status, this.#counts[code] ?? 0] as const)
      .filter(([status, count]) => count > 0 || (status === 'live' && isVerified));
  }
}
