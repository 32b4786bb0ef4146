import type { Roll, SlotNow } from './roll.ts';
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

const rank: Readonly<Record<string, number>> = {
  expired: 0,
  suspect: 1,
  superseded: 2,
  failing: 3,
};

/** Hosts that fell silent as a whole are one matter, however many agents they have. */
export function matters(slots: readonly SlotNow[], roll: Roll): Matter[] {
  const found: Matter[] = [];
  for (const [host, all] of byHost(slots)) {
    const present = all.filter(({ word }) => !over.has(word));
    const silent = present.filter(({ word }) => word === 'suspect');
    if (silent.length > 1 && silent.length === present.length) {
      found.push(hostMatter(host, silent, roll));
    } else for (const slot of silent) found.push(slotMatter(slot, roll));
    for (const slot of all) {
      if (slot.word === 'expired' || isLeft(slot)) found.push(slotMatter(slot, roll));
      const failing = slot.instances.filter(({ word }) => word === 'failing');
      const [first] = failing;
      if (!first) continue;
      found.push({
        key: `failing ${slot.key}`,
        word: 'failing',
        title: failing.length === 1 ? `${first.service}/${first.id}` : `${slot.host}/${slot.agent}`,
        reason: failing.length === 1 ? first.reason : `${failing.length} instances failing`,
        since: Math.min(...failing.map(({ stands }) => stands.since)),
        next: 'serves again when its check passes',
        at: null,
        slots: [slot],
      });
    }
  }
  return found.sort((a, b) => (rank[a.word] ?? 9) - (rank[b.word] ?? 9) || b.since - a.since);
}

const over = new Set(['expired', 'gone', 'left', 'superseded']);

/** Superseded, and something of it still stands. */
const isLeft = ({ word, instances }: SlotNow): boolean =>
  word === 'superseded' && instances.length > 0;

function byHost(slots: readonly SlotNow[]): Map<string, SlotNow[]> {
  const hosts = new Map<string, SlotNow[]>();
  for (const slot of slots) {
    const there = hosts.get(slot.host);
    if (there) there.push(slot);
    else hosts.set(slot.host, [slot]);
  }
  return hosts;
}

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
