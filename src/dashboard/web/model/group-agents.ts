import { type Filterable, matchesRow, parseRowFilter } from '../../../domain/filter/row-filter.ts';
import type { AgentModel, InstanceNow } from './agent-model.ts';
import { isEnded } from './state-styles.ts';

/** A slot that ended longer ago than this is hidden by default. */
const news = 3_600_000;

/** Whether a slot is shown without a filter. */
export const isRecent = ({ status, entityState, instances }: AgentModel, at: number): boolean =>
  !isEnded(status) || instances.length > 0 || at - entityState.since < news;

/** How many instances a filter finds: of those that are registered, and of those that were lost. */
export interface InstancesFound {
  readonly found: number;
  readonly all: number;
  readonly lost: number;
}

/** What a filter finds of a slot: the slot itself or an instance, and how many instances. */
export interface SlotMatch {
  readonly isFound: boolean;
  readonly found: number;
  readonly lost: number;
}

/**
 * What a filter finds of a slot, by itself or by its instances; undefined: there is no filter. `lostWith`: the instances
 * that were lost with a slot.
 */
export function matcherOf(
  text: string,
  lostWith: (slot: AgentModel) => readonly InstanceNow[],
): ((slot: AgentModel) => SlotMatch) | undefined {
  const filter = parseRowFilter(text);
  if (filter.terms.length === 0 && filter.wrong.length === 0) return undefined;
  return (slot) => {
    const named = [...slot.instances, ...lostWith(slot)];
    const all = named.map((one) => filterable(slot, one));
    const matching = named.filter((_, n) => matchesRow(filter, all[n] as Filterable));
    const lost = matching.filter(({ status }) => status === 'lost').length;
    const isFound = matching.length > 0 || matchesRow(filter, agentFilterable(slot, all));
    return { isFound, found: matching.length - lost, lost };
  };
}

/** An agent as a filter looks at it, with the services, labels and names of its instances. */
const agentFilterable = (
  { host, agent, zone, status, reason }: AgentModel,
  instances: readonly Filterable[],
): Filterable => ({
  ...{ host: [host], agent: [agent], zone: [zone], state: [status, reason] },
  service: instances.flatMap(({ service }) => service),
  label: instances.flatMap(({ label = [] }) => label),
  text: () =>
    [`${host}/${agent} ${zone} ${status} ${reason}`.toLowerCase()]
      .concat(instances.map((one) => one.text()))
      .join(' '),
});

/** An instance as a filter looks at it. */
export const filterable = (
  { host, agent, zone }: AgentModel,
  { service, id, status, reason, entityState }: InstanceNow,
): Filterable => ({
  ...{ host: [host], agent: [agent], zone: [zone], service: [service], state: [status, reason] },
  label: entityState.note.labels?.split('\n') ?? [],
  text: () => `${service}/${id} ${host}/${agent} ${zone} ${status} ${reason}`.toLowerCase(),
});

export type Grouping = 'host' | 'zone';

interface Group {
  readonly name: string;
  readonly slots: readonly AgentModel[];
  /** All its present agents are silent. The group is then shown as silent. */
  readonly silent: boolean;
  /** The number of healthy agents that are not shown. */
  readonly hidden: number;
}

/** The number of groups, and the first of them. Groups are built only on request. */
export interface Groups {
  readonly count: number;
  /** The number of cells in all groups. */
  readonly cells: number;
  first(most: number): Group[];
}

/** Slots in display order, and the indexes of those that are not live. */
export interface Ordered {
  readonly slots: readonly AgentModel[];
  readonly unusual: readonly number[];
}

interface Arranged {
  readonly by: Grouping;
  readonly all: boolean;
}

/** Above this number of cells, healthy agents are counted instead of shown. */
export const mostCells = 400;

/** Groups in the order of their slots. */
export function groupsOf({ slots, unusual }: Ordered, { by, all }: Arranged): Groups {
  const folded = !all && slots.length > mostCells;
  if (by === 'host') return hostsOf(slots, folded ? unusual : slots.keys(), folded);
  const groups = [...byZone(slots)].map(([name, inside]) => groupOf(name, inside, folded));
  const cells = groups.reduce((sum, one) => sum + one.slots.length, 0);
  return { count: groups.length, cells, first: (most) => groups.slice(0, most) };
}

function groupOf(name: string, inside: readonly AgentModel[], folded: boolean): Group {
  const slots = folded ? inside.filter(({ status }) => status !== 'live') : inside;
  return { name, slots, silent: isSilent(inside), hidden: inside.length - slots.length };
}

/** Whether a host has several present agents and all of them are suspect. */
export function isSilent(slots: readonly AgentModel[]): boolean {
  if (!slots.some(({ status }) => status === 'suspect')) return false;
  const there = slots.filter(({ status }) => !isEnded(status) && status !== 'expired');
  return there.length > 1 && there.every(({ status }) => status === 'suspect');
}

/** Groups for the hosts of the agents shown. A host with only healthy agents counts as hidden. */
function hostsOf(slots: readonly AgentModel[], shown: Iterable<number>, folded: boolean): Groups {
  const indexes: number[] = [];
  let cells = 0;
  let last = -1;
  for (const index of shown) {
    const host = slots[index]?.hostNumber ?? -1;
    if (host !== last) indexes.push(index);
    last = host;
    cells += 1;
  }
  return {
    count: indexes.length,
    cells,
    first: (most) =>
      indexes
        .slice(0, most)
        .map((index) => groupOf(slots[index]?.host ?? '', ofItsHost(slots, index), folded)),
  };
}

/** Whether a slot is the only one of its host. */
export const isAlone = (slots: readonly AgentModel[], index: number): boolean => {
  const host = slots[index]?.hostNumber;
  return slots[index - 1]?.hostNumber !== host && slots[index + 1]?.hostNumber !== host;
};

/** Slots are sorted by host, so the slots of one host are adjacent. */
export function ofItsHost(slots: readonly AgentModel[], index: number): readonly AgentModel[] {
  const host = slots[index]?.hostNumber;
  let [start, end] = [index, index + 1];
  while (slots[start - 1]?.hostNumber === host) start -= 1;
  while (slots[end]?.hostNumber === host) end += 1;
  return slots.slice(start, end);
}

function byZone(slots: readonly AgentModel[]): Map<string, AgentModel[]> {
  return Map.groupBy(slots, ({ zone }) => zone || 'no zone');
}

/** A name short enough for a cell, without the part that the group already shows. */
export const shortName = (slot: AgentModel, by: Grouping): string =>
  by === 'host' ? slot.agent : `${slot.host}/${slot.agent}`;
