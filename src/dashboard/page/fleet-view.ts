import type { SlotNow } from './roll.ts';
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
  for (const { word } of slots) counts.set(word, (counts.get(word) ?? 0) + 1);
  return runWords.flatMap((word) => {
    const count = counts.get(word) ?? 0;
    return count > 0 || word === 'live' ? [[word, count] as const] : [];
  });
}

export function instanceTallies(slots: readonly SlotNow[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { live: 0, dubious: 0, failing: 0, draining: 0 };
  for (const { instances } of slots) {
    for (const { word } of instances) counts[word] = (counts[word] ?? 0) + 1;
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
  const groups = new Map<string, SlotNow[]>();
  const put = (name: string, slot: SlotNow) => {
    const there = groups.get(name);
    if (there) there.push(slot);
    else groups.set(name, [slot]);
  };
  for (const slot of slots) {
    if (by === 'host') put(slot.host, slot);
    else if (by === 'zone') put(slot.zone || 'no zone', slot);
    else {
      const services = new Set(slot.instances.map(({ service }) => service));
      for (const service of services.size > 0 ? services : ['no service']) put(service, slot);
    }
  }
  const folded = !all && slots.length > mostCells;
  return [...groups].map(([name, inside]) => {
    const drawn = folded ? inside.filter(({ word }) => word !== 'live') : inside;
    const there = inside.filter(({ word }) => !ended.has(word) && word !== 'expired');
    return {
      name,
      slots: drawn,
      silent: there.length > 1 && there.every(({ word }) => word === 'suspect'),
      hidden: inside.length - drawn.length,
    };
  });
}

/** A name short enough for a cell: what its group says already is left out. */
export const shortName = (slot: SlotNow, by: Grouping): string =>
  by === 'host' ? slot.agent : `${slot.host}/${slot.agent}`;
