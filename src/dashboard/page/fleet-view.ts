import { slotKey } from './roll.ts';
import type { InstanceCounts, InstanceNow, SlotNow } from './slot-now.ts';
import { runWords } from './states.ts';

/** What the fleet is narrowed to. */
export interface Narrowed {
  readonly text: string;
  readonly state: string;
}

/** Ended longer ago than so, a slot is no news. */
const news = 3_600_000;
const ended = new Set(['gone', 'left', 'superseded']);

/** Whether a slot is shown without being asked for. */
export const isNews = ({ word, stands, instances }: SlotNow, at: number): boolean =>
  !ended.has(word) || instances.length > 0 || at - stands.since < news;

export function narrow(slots: readonly SlotNow[], { text, state }: Narrowed): readonly SlotNow[] {
  if (text === '' && state === '') return slots;
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  return slots.filter((slot) => {
    if (state !== '' && slot.word !== state && !slot.instances.some(({ word }) => word === state))
      return false;
    if (parts.length === 0) return true;
    const known =
      `${slot.host}/${slot.agent} ${slot.zone} ${slot.word} ${slot.reason}`.toLowerCase();
    return parts.every(
      (part) =>
        known.includes(part) ||
        slot.instances.some(({ service, id }) => `${service}/${id}`.toLowerCase().includes(part)),
    );
  });
}

/** How many are in each state, in the states' own order. */
export function tallies(
  slots: readonly SlotNow[],
): readonly (readonly [word: string, count: number])[] {
  const counts = new Map<string, number>();
  for (let n = 0; n < slots.length; ) {
    // Most stand as their neighbour does: of a row of them only its length is taken down.
    const word = slots[n]?.word ?? '';
    const start = n;
    while (n < slots.length && slots[n]?.word === word) n += 1;
    counts.set(word, (counts.get(word) ?? 0) + n - start);
  }
  return runWords.flatMap((word) => {
    const count = counts.get(word) ?? 0;
    return count > 0 || word === 'live' ? [[word, count] as const] : [];
  });
}

/** How many of a slot's instances are contested, by number; of nearly all slots none is. */
export type ContestedIn = ReadonlyMap<string, ReadonlySet<number>>;

/** By slot: those whose name counts for another one. They come as the contests themselves are told. */
export function contestedBySlot(contested: Iterable<InstanceNow>): ContestedIn {
  const bySlot = new Map<string, Set<number>>();
  for (const { stands } of contested) {
    const { entity, number } = stands;
    if (entity.entity !== 'instance') continue;
    const key = slotKey(entity.host, entity.agent);
    bySlot.set(key, (bySlot.get(key) ?? new Set()).add(number));
  }
  return bySlot;
}

/** Who is contested counts as that, and not as what it is beside. */
export function instanceTallies(
  slots: readonly SlotNow[],
  contested: ContestedIn = new Map(),
): InstanceCounts & { readonly contested: number } {
  const counts = { live: 0, dubious: 0, contested: 0, failing: 0, draining: 0 };
  for (const { key, counts: own, instances } of slots) {
    counts.live += own.live;
    counts.dubious += own.dubious;
    counts.failing += own.failing;
    counts.draining += own.draining;
    const lost = contested.size === 0 ? undefined : contested.get(key);
    if (!lost) continue;
    for (const { word, stands } of instances) {
      if (!lost.has(stands.number)) continue;
      counts[word] -= 1;
      counts.contested += 1;
    }
  }
  return counts;
}

export type Grouping = 'host' | 'zone' | 'service';

export interface Group {
  readonly name: string;
  readonly slots: readonly SlotNow[];
  /** All its agents that are there are silent: one unit, drawn as such. */
  readonly silent: boolean;
  /** Healthy ones that are not drawn; their number is. */
  readonly hidden: number;
}

/** More cells than so, and the healthy are counted instead of drawn. */
export const mostCells = 400;

/** Groups in the order of their slots; a slot with two services is in both. */
export function groupsOf(slots: readonly SlotNow[], by: Grouping, all: boolean): readonly Group[] {
  const folded = !all && slots.length > mostCells;
  if (by === 'host') return hostsOf(slots, folded);
  return [...gathered(slots, by)].map(([name, inside]) => {
    const drawn = folded ? inside.filter(({ word }) => word !== 'live') : inside;
    const hidden = inside.length - drawn.length;
    return { name, slots: drawn, silent: isSilent(inside), hidden };
  });
}

/** All its agents that are there are suspect, and there are several. */
export function isSilent(slots: readonly SlotNow[]): boolean {
  if (!slots.some(({ word }) => word === 'suspect')) return false;
  const there = slots.filter(({ word }) => !ended.has(word) && word !== 'expired');
  return there.length > 1 && there.every(({ word }) => word === 'suspect');
}

/**
 * Slots come by host: those of one stand together. A host where all is well is in the number of those
 * that are hidden; nothing is made for it, as there may be thousands.
 */
function hostsOf(slots: readonly SlotNow[], folded: boolean): readonly Group[] {
  const groups: Group[] = [];
  for (let start = 0; start < slots.length; ) {
    const host = slots[start]?.host ?? '';
    let end = start;
    let drawn = 0;
    for (; slots[end]?.host === host; end += 1) {
      if (!folded || slots[end]?.word !== 'live') drawn += 1;
    }
    if (drawn > 0) {
      const inside = slots.slice(start, end);
      groups.push({
        name: host,
        slots: drawn === inside.length ? inside : inside.filter(({ word }) => word !== 'live'),
        silent: isSilent(inside),
        hidden: inside.length - drawn,
      });
    }
    start = end;
  }
  return groups;
}

function gathered(slots: readonly SlotNow[], by: Grouping): Map<string, SlotNow[]> {
  const groups = new Map<string, SlotNow[]>();
  for (const slot of slots) {
    for (const name of by === 'zone' ? [slot.zone || 'no zone'] : servicesOf(slot)) {
      const there = groups.get(name);
      if (there) there.push(slot);
      else groups.set(name, [slot]);
    }
  }
  return groups;
}

function servicesOf({ instances }: SlotNow): Iterable<string> {
  const services = new Set(instances.map(({ service }) => service));
  return services.size > 0 ? services : ['no service'];
}

/** A name short enough for a cell: what its group says already is left out. */
export const shortName = (slot: SlotNow, by: Grouping): string =>
  by === 'host' ? slot.agent : `${slot.host}/${slot.agent}`;
