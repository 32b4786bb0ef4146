import type { SlotFlaps } from '../../history/query-types.ts';
import { formatCount } from '../format/format-time.ts';
import type { AgentModel } from './agent-model.ts';
import { flapIssues } from './flapping.ts';
import type { FleetModel } from './fleet-model.ts';
import { isAlone, isSilent, type Ordered, ofItsHost } from './group-agents.ts';
import { lossIssues } from './loss-issues.ts';
import { unobservedIssue } from './unobserved-issue.ts';

/** A problem that needs attention: what is wrong, since when, and what happens next. */
export interface Issue {
  readonly key: string;
  readonly status: string;
  readonly title: string;
  readonly reason: string;
  /** null: not known. */
  readonly since: number | null;
  /** What happens next; with a moment, when. */
  readonly next: string;
  readonly at?: number | null;
  readonly slots?: readonly AgentModel[];
  /** The fleet filter that shows what a loss took. */
  readonly filter?: string;
  /** For what a zone lost: the last of it that is shown. A later loss is another issue. */
  readonly acknowledge?: { readonly zone: string; readonly until: number };
  /** The instance that the issue is about, if it is one. */
  readonly instance?: { readonly service: string; readonly id: string };
}

const rank: Readonly<Record<string, number>> = { expired: 0, suspect: 1, superseded: 2 };

/** The number of issues, and the first of them. Texts are built only for the requested issues. */
export interface Issues {
  readonly count: number;
  first(most: number): Issue[];
}

/** Agents in order, the indexes of those that are not live, and those with an instance in trouble. */
interface IssueInput extends Ordered {
  /** Agents with a failing or a contested instance. */
  readonly troubled: readonly AgentModel[];
  /** Agents that were declared dead and did not come back. */
  readonly lost: readonly AgentModel[];
  readonly flaps: readonly SlotFlaps[];
}

/**
 * A host that is silent as a whole is one issue, however many agents it has. So is a fleet that no
 * collector observes, and what a zone or a service lost. A service of which nothing is left, or nothing live, comes
 * first; then a zone that lost more agents than it has; then what happens now, the worst of it before the rest, and of
 * that the newest; then other losses; then agents that flap; then failing and contested instances, by name.
 */
export function findIssues(
  { slots, unusual, troubled, lost, flaps }: IssueInput,
  fleet: FleetModel,
): Issues {
  const doubtful = [...unusual.flatMap((index) => slots[index] ?? []), ...troubled];
  const [fallen, losses] = lossIssues(lost, doubtful, slots, fleet);
  const urgent = [...unobservedIssue(slots, fleet), ...fallen];
  const flapping = flapIssues(flaps, fleet);
  const indexes = unusual.filter((index) => isMatter(slots, index));
  return {
    count: urgent.length + indexes.length + losses.length + flapping.length + troubled.length,
    first: (most) => {
      const first = [
        ...urgent,
        ...foremost(slots, indexes, most).map((one) => matterOf(one, fleet)),
        ...losses,
        ...flapping,
      ].slice(0, most);
      return [...first, ...troubled.slice(0, most - first.length).map(instanceIssue)];
    },
  };
}

/** The first agent represents all agents of a host that is completely silent. */
function isMatter(slots: readonly AgentModel[], index: number): boolean {
  const slot = slots[index];
  if (!slot) return false;
  return slot.status === 'suspect'
    ? together(slots, index)[0] === slot
    : slot.status === 'expired' || isLeft(slot);
}

/** The slots that are silent together with a slot; only the slot itself unless its whole host is silent. */
function together(slots: readonly AgentModel[], index: number): readonly AgentModel[] {
  const own = slots.slice(index, index + 1);
  if (own[0]?.status !== 'suspect' || isAlone(slots, index)) return own;
  const all = ofItsHost(slots, index);
  return isSilent(all) ? all.filter(({ status }) => status === 'suspect') : own;
}

/** An issue before its text is built. */
interface Found {
  readonly slots: readonly AgentModel[];
  readonly rank: number;
  readonly since: number;
}

const foremost = (
  slots: readonly AgentModel[],
  indexes: readonly number[],
  most: number,
): readonly Found[] =>
  indexes
    .map((index) => {
      const own = together(slots, index);
      return { slots: own, rank: rank[own[0]?.status ?? ''] ?? 9, since: sinceWhen(own) };
    })
    .sort((a, b) => a.rank - b.rank || b.since - a.since)
    .slice(0, most);

const sinceWhen = (slots: readonly AgentModel[]): number =>
  Math.min(...slots.map(({ entityState }) => entityState.since));

function matterOf({ slots }: Found, fleet: FleetModel): Issue {
  const [slot] = slots;
  if (!slot) throw new RangeError('an issue needs at least one slot');
  return slots.length > 1 ? hostMatter(slot.host, slots, fleet) : slotMatter(slot, fleet);
}

/** The failing instances of an agent, or else its contested ones. */
function instanceIssue(slot: AgentModel): Issue {
  const failing = slot.instances.filter(({ status }) => status === 'failing');
  const isFailing = failing.length > 0;
  const these = isFailing ? failing : slot.instances.filter(({ reason }) => reason === 'contested');
  const [first] = these;
  const alone = these.length === 1 && first;
  const status = isFailing ? 'failing' : 'contested';
  const later = `registered later by ${winnersOf(these)}`;
  const [one, more, next] = isFailing
    ? [first?.reason ?? '', 'failing', 'serves again when its check passes']
    : [later, later, 'the later one is used if it is live'];
  return {
    key: `${status} ${slot.key}`,
    status,
    title: alone ? `${first.service}/${first.id}` : `${slot.host}/${slot.agent}`,
    reason: alone ? one : `${these.length} instances ${more}`,
    since: Math.min(...these.map(({ since }) => since)),
    next,
    slots: [slot],
    ...(alone && { instance: alone }),
  };
}

/** The agent whose registrations of contested names count, or how many agents. */
function winnersOf(contested: AgentModel['instances']): string {
  const winners = new Set(
    contested.flatMap(({ active }) =>
      active?.entity.entity === 'instance' ? `${active.entity.host}/${active.entity.agent}` : [],
    ),
  );
  return winners.size === 1 ? [...winners].join('') : `${winners.size} other agents`;
}

/** Whether the agent is superseded and still has instances. */
const isLeft = ({ status, instances }: AgentModel): boolean =>
  status === 'superseded' && instances.length > 0;

function hostMatter(host: string, slots: readonly AgentModel[], fleet: FleetModel): Issue {
  const [next = { next: '', at: null }] = slots
    .map((slot) => nextOf(slot, fleet))
    .sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));
  return {
    key: `host ${host}`,
    status: 'suspect',
    title: host,
    reason: `${[...new Set(slots.map(({ reason }) => reason))].join(', ')}: all its ${formatCount(slots.length, 'agent')}`,
    since: sinceWhen(slots),
    ...next,
    slots,
  };
}

function slotMatter(slot: AgentModel, fleet: FleetModel): Issue {
  const { status, reason, entityState, instances } = slot;
  const dubious = instances.length;
  const what = [reason, dubious > 0 ? `${formatCount(dubious, 'instance')} dubious` : '']
    .filter((one) => one !== '')
    .join(', ');
  return {
    key: `slot ${slot.key}`,
    status,
    title: `${slot.host}/${slot.agent}`,
    reason: what || (status === 'expired' ? 'declared dead' : status),
    since: entityState.since,
    ...nextOf(slot, fleet),
    slots: [slot],
  };
}

interface Next {
  readonly next: string;
  readonly at: number | null;
}

/** Instead of what a collector would do next. */
export const noForecast = 'not known: no collector';

/** What happens to a slot next, if nothing changes. */
export function nextOf(slot: AgentModel, fleet: FleetModel): Next {
  const hold = slot.status === 'suspect' && fleet.controls.holdOf(slot.host, slot.agent);
  if (hold) return { next: 'planned: the hold ends', at: hold.note.until ?? null };
  const what = nextAct(slot, fleet);
  return what.next !== '' && fleet.observation === 'unobserved'
    ? { next: noForecast, at: null }
    : what;
}

/** What a collector does with a slot next. */
function nextAct(slot: AgentModel, fleet: FleetModel): Next {
  const { entityState, status, instances } = slot;
  if (status === 'suspect') {
    if (fleet.controls.brakeIn(slot.zone))
      return {
        next: 'expires in turn under the brake',
        at: fleet.turns.value[entityState.entity.run] ?? null,
      };
    const { ttl = 0, grace } = entityState.note;
    // After a hold, first the ttl must pass (`graceEnd` of the core).
    const holds = fleet.controls.holdsOn(slot.host, slot.agent).map(({ since }) => since + ttl);
    const from = Math.max(fleet.watchedSince, entityState.since, ...holds);
    return { next: 'expires', at: grace === undefined ? null : from + grace };
  }
  if (status === 'expired') {
    return instances.length > 0
      ? {
          next: `${formatCount(instances.length, 'instance')} and its record are removed`,
          at: null,
        }
      : { next: 'its record will be removed', at: null };
  }
  const { ttl, grace } = entityState.note;
  if (isLeft(slot)) {
    const wait = ttl !== undefined && grace !== undefined ? ttl + grace : null;
    return {
      next: 'its leftovers are removed',
      at: wait === null ? null : entityState.since + wait,
    };
  }
  return { next: '', at: null };
}
