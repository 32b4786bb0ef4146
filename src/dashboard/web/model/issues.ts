import { formatCount } from '../format/format-time.ts';
import type { AgentModel } from './agent-model.ts';
import type { FleetModel } from './fleet-model.ts';
import { isSilent, type Ordered, ofItsHost } from './group-agents.ts';

/** What somebody should look at: what is wrong, since when, and what happens next. */
export interface Issue {
  readonly key: string;
  readonly word: string;
  readonly title: string;
  readonly reason: string;
  readonly since: number;
  /** What happens next; with a moment, when. */
  readonly next: string;
  readonly at: number | null;
  readonly slots: readonly AgentModel[];
}

const rank: Readonly<Record<string, number>> = { expired: 0, suspect: 1, superseded: 2 };

/** All matters: how many, and the first of them. Only those that are asked for are put into words. */
export interface Issues {
  readonly count: number;
  first(most: number): Issue[];
}

/** Agents in their order, where those are that are not simply live, and those with an instance in trouble. */
interface IssueInput extends Ordered {
  /** Agents with a failing or a contested instance. */
  readonly troubled: readonly AgentModel[];
}

/**
 * A host that is silent as a whole is one issue, however many agents it has. So is a fleet that no
 * collector observes. The worst come first, and of those the newest; failing and contested instances come
 * last, by name.
 */
export function findIssues({ slots, unusual, troubled }: IssueInput, roll: FleetModel): Issues {
  const unobserved = unobservedIssue(slots, roll);
  const places: number[] = [];
  for (const place of unusual) if (isMatter(slots, place)) places.push(place);
  return {
    count: unobserved.length + places.length + troubled.length,
    first: (most) => [
      ...unobserved,
      ...foremost(slots, places, most).map((one) => matterOf(one, roll)),
      ...troubled.slice(0, Math.max(0, most - places.length)).map(instanceIssue),
    ],
  };
}

/** Of a host that is silent as a whole the first stands for all. */
function isMatter(slots: readonly AgentModel[], place: number): boolean {
  const slot = slots[place];
  if (!slot) return false;
  if (slot.status !== 'suspect') return slot.status === 'expired' || isLeft(slot);
  return together(slots, place)[0] === slot;
}

/** Who is silent together with a slot; itself, where its host is not silent as a whole. */
function together(slots: readonly AgentModel[], place: number): readonly AgentModel[] {
  const all = ofItsHost(slots, place);
  return isSilent(all)
    ? all.filter(({ status: word }) => word === 'suspect')
    : slots.slice(place, place + 1);
}

/** A matter before it is put into words. */
interface Found {
  readonly slots: readonly AgentModel[];
  readonly rank: number;
  readonly since: number;
}

function foremost(slots: readonly AgentModel[], places: readonly number[], most: number): Found[] {
  const best: Found[] = [];
  for (const place of places) {
    const slot = slots[place];
    if (!slot) continue;
    const own = slot.status === 'suspect' ? together(slots, place) : [slot];
    const since = own.length === 1 ? slot.stands.since : sinceWhen(own);
    const one = { slots: own, rank: rank[slot.status] ?? 9, since };
    if (best.length === most && !isBefore(one, best.at(-1))) continue;
    const at = best.findIndex((other) => isBefore(one, other));
    best.splice(at < 0 ? best.length : at, 0, one);
    if (best.length > most) best.pop();
  }
  return best;
}

const isBefore = (one: Found, other: Found | undefined): boolean =>
  other !== undefined &&
  (one.rank < other.rank || (one.rank === other.rank && one.since > other.since));

const sinceWhen = (slots: readonly AgentModel[]): number =>
  Math.min(...slots.map(({ stands }) => stands.since));

function matterOf({ slots }: Found, roll: FleetModel): Issue {
  const [slot] = slots;
  if (!slot) throw new RangeError('a matter of nobody');
  return slots.length > 1 ? hostMatter(slot.host, slots, roll) : slotMatter(slot, roll);
}

/** One issue for the whole fleet while no collector observes it. */
function unobservedIssue(slots: readonly AgentModel[], roll: FleetModel): readonly Issue[] {
  const unobserved = slots.filter(({ reason }) => reason === 'unobserved');
  const [first] = unobserved;
  if (roll.observation !== 'unobserved' || !first) return [];
  return [
    {
      key: 'unobserved',
      word: 'dubious',
      title: 'no collector',
      reason: `unobserved: ${formatCount(unobserved.length, 'agent')}`,
      since: Math.max(...[first.stands.since], ...roll.of('collector').map(({ since }) => since)),
      next: 'nobody would notice a failure until a collector starts',
      at: null,
      slots: [first],
    },
  ];
}

function instanceIssue(slot: AgentModel): Issue {
  const failing = slot.instances.filter(({ status }) => status === 'failing');
  if (failing.length === 0) return contestedIssue(slot);
  const [first] = failing;
  const alone = failing.length === 1 && first;
  return {
    key: `failing ${slot.key}`,
    word: 'failing',
    title: alone ? `${first.service}/${first.id}` : `${slot.host}/${slot.agent}`,
    reason: alone ? first.reason : `${failing.length} instances failing`,
    since: Math.min(...failing.map(({ since }) => since)),
    next: 'serves again when its check passes',
    at: null,
    slots: [slot],
  };
}

function contestedIssue(slot: AgentModel): Issue {
  const contested = slot.instances.filter(({ reason }) => reason === 'contested');
  const [first] = contested;
  const alone = contested.length === 1 && first;
  return {
    key: `contested ${slot.key}`,
    word: 'contested',
    title: alone ? `${first.service}/${first.id}` : `${slot.host}/${slot.agent}`,
    reason: alone
      ? 'registered later by another agent'
      : `${contested.length} instances registered later by other agents`,
    since: Math.min(...contested.map(({ since }) => since)),
    next: 'consumers are given the later registration',
    at: null,
    slots: [slot],
  };
}

/** Superseded, and something of it still stands. */
const isLeft = ({ status: word, instances }: AgentModel): boolean =>
  word === 'superseded' && instances.length > 0;

function hostMatter(host: string, slots: readonly AgentModel[], roll: FleetModel): Issue {
  const [first] = slots;
  const next = first ? nextOf(first, roll) : { next: '', at: null };
  return {
    key: `host ${host}`,
    word: 'suspect',
    title: host,
    reason: `${[...new Set(slots.map(({ reason }) => reason))].join(', ')}: all its ${formatCount(slots.length, 'agent')}`,
    since: sinceWhen(slots),
    ...next,
    slots,
  };
}

function slotMatter(slot: AgentModel, roll: FleetModel): Issue {
  const { status: word, reason, stands, instances } = slot;
  const dubious = instances.length;
  const what = [reason, dubious > 0 ? `${formatCount(dubious, 'instance')} dubious` : '']
    .filter((one) => one !== '')
    .join(', ');
  return {
    key: `slot ${slot.key}`,
    word,
    title: `${slot.host}/${slot.agent}`,
    reason: what || (word === 'expired' ? 'declared dead' : word),
    since: stands.since,
    ...nextOf(slot, roll),
    slots: [slot],
  };
}

/** What happens to a slot next, if nothing changes. */
export function nextOf(slot: AgentModel, roll: FleetModel): { next: string; at: number | null } {
  const { stands, status: word, instances } = slot;
  if (word === 'suspect') {
    const hold = roll.holdOver(slot.host, slot.agent);
    if (hold) return { next: 'planned: nothing expires until', at: hold.note.until ?? null };
    if (roll.brakeIn(slot.zone)) return { next: 'waits for the brake of its zone', at: null };
    const { grace } = stands.note;
    return { next: 'expires', at: grace === undefined ? null : stands.since + grace };
  }
  if (word === 'expired') {
    return instances.length > 0
      ? {
          next: `${formatCount(instances.length, 'instance')} and its record are removed`,
          at: null,
        }
      : { next: 'its record is removed', at: null };
  }
  const { ttl, grace } = stands.note;
  if (isLeft(slot)) {
    const wait = ttl !== undefined && grace !== undefined ? ttl + grace : null;
    return { next: 'its leftovers are removed', at: wait === null ? null : stands.since + wait };
  }
  return { next: '', at: null };
}
