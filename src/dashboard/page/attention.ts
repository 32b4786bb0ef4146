import { isSilent } from './fleet-view.ts';
import type { Roll } from './roll.ts';
import type { SlotNow } from './slot-now.ts';
import { counted } from './times.ts';

/** What somebody should look at: what is wrong, since when, and what happens next. */
export interface Matter {
  readonly key: string;
  readonly word: string;
  readonly title: string;
  readonly reason: string;
  readonly since: number;
  /** What happens next; with a moment, when. */
  readonly next: string;
  readonly at: number | null;
  readonly slots: readonly SlotNow[];
}

const rank: Readonly<Record<string, number>> = { expired: 0, suspect: 1, superseded: 2 };

/** All matters: how many, and the first of them. Only those that are asked for are put into words. */
export interface Matters {
  readonly count: number;
  first(most: number): Matter[];
}

/** A matter before it is put into words: agents of one host that are silent together, or one slot. */
interface Found {
  readonly slots: readonly SlotNow[];
  readonly rank: number;
  readonly since: number;
  readonly host: boolean;
}

/**
 * Hosts that fell silent as a whole are one matter, however many agents they have. The worst first, and
 * of those the newest; what fails stands last, by name.
 */
export function matters(slots: readonly SlotNow[], roll: Roll): Matters {
  const found: Found[] = [];
  const failing: SlotNow[] = [];
  for (let n = 0; n < slots.length; n += 1) {
    const slot = slots[n];
    if (!slot) continue;
    if (slot.counts.failing > 0) failing.push(slot);
    if (slot.word === 'expired' || isLeft(slot)) found.push(foundOf([slot], false));
    if (slot.word !== 'suspect') continue;
    const all = ofItsHost(slots, n);
    if (!isSilent(all)) found.push(foundOf([slot], false));
    else if (slot === all.find(({ word }) => word === 'suspect')) {
      found.push(
        foundOf(
          all.filter(({ word }) => word === 'suspect'),
          true,
        ),
      );
    }
  }
  found.sort((a, b) => a.rank - b.rank || b.since - a.since);
  return {
    count: found.length + failing.length,
    first: (most) => [
      ...found.slice(0, most).map((one) => matterOf(one, roll)),
      ...failing.slice(0, Math.max(0, most - found.length)).map(failingMatter),
    ],
  };
}

const foundOf = (slots: readonly SlotNow[], host: boolean): Found => ({
  slots,
  rank: rank[slots[0]?.word ?? ''] ?? 9,
  since: Math.min(...slots.map(({ stands }) => stands.since)),
  host,
});

function matterOf({ slots, host }: Found, roll: Roll): Matter {
  const [slot] = slots;
  if (!slot) throw new RangeError('a matter of nobody');
  return host ? hostMatter(slot.host, slots, roll) : slotMatter(slot, roll);
}

/** Slots come by host: those of one stand together. */
function ofItsHost(slots: readonly SlotNow[], place: number): readonly SlotNow[] {
  const host = slots[place]?.host;
  let [start, end] = [place, place + 1];
  while (slots[start - 1]?.host === host) start -= 1;
  while (slots[end]?.host === host) end += 1;
  return slots.slice(start, end);
}

function failingMatter(slot: SlotNow): Matter {
  const failing = slot.instances.filter(({ word }) => word === 'failing');
  const [first] = failing;
  const alone = failing.length === 1 && first;
  return {
    key: `failing ${slot.key}`,
    word: 'failing',
    title: alone ? `${first.service}/${first.id}` : `${slot.host}/${slot.agent}`,
    reason: alone ? first.reason : `${failing.length} instances failing`,
    since: Math.min(...failing.map(({ stands }) => stands.since)),
    next: 'serves again when its check passes',
    at: null,
    slots: [slot],
  };
}

/** Superseded, and something of it still stands. */
const isLeft = ({ word, instances }: SlotNow): boolean =>
  word === 'superseded' && instances.length > 0;

function hostMatter(host: string, slots: readonly SlotNow[], roll: Roll): Matter {
  const [first] = slots;
  const next = first ? nextOf(first, roll) : { next: '', at: null };
  return {
    key: `host ${host}`,
    word: 'suspect',
    title: host,
    reason: `${[...new Set(slots.map(({ reason }) => reason))].join(', ')}: all its ${counted(slots.length, 'agent')}`,
    since: Math.min(...slots.map(({ stands }) => stands.since)),
    ...next,
    slots,
  };
}

function slotMatter(slot: SlotNow, roll: Roll): Matter {
  const { word, reason, stands, instances } = slot;
  const dubious = instances.length;
  const what = [reason, dubious > 0 ? `${counted(dubious, 'instance')} dubious` : '']
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
export function nextOf(slot: SlotNow, roll: Roll): { next: string; at: number | null } {
  const { stands, word, instances } = slot;
  if (word === 'suspect') {
    const hold = roll.holdOver(slot.host, slot.agent);
    if (hold) return { next: 'planned: nothing expires until', at: hold.note.until ?? null };
    if (roll.brakeIn(slot.zone)) return { next: 'waits for the brake of its zone', at: null };
    const { grace } = stands.note;
    return { next: 'expires', at: grace === undefined ? null : stands.since + grace };
  }
  if (word === 'expired') {
    return instances.length > 0
      ? { next: `${counted(instances.length, 'instance')} and its record are removed`, at: null }
      : { next: 'its record is removed', at: null };
  }
  const { ttl, grace } = stands.note;
  if (isLeft(slot)) {
    const wait = ttl !== undefined && grace !== undefined ? ttl + grace : null;
    return { next: 'its leftovers are removed', at: wait === null ? null : stands.since + wait };
  }
  return { next: '', at: null };
}
