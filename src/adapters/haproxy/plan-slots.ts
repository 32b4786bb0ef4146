/** An address and a port, in the form that HAProxy prints. */
export interface SlotAddress {
  readonly address: string;
  readonly port: number;
}

/** A server line of a backend: a place for one instance. */
export interface Slot extends SlotAddress {
  readonly name: string;
  /** `maint` is set on it. */
  readonly isInMaintenance: boolean;
  /** `drain` is set on it. */
  readonly isDraining: boolean;
}

/** What is done with a slot. */
export type SlotAct =
  | ({ readonly act: 'fill' } & SlotChange & SlotAddress)
  | ({ readonly act: 'serve' | 'drain' | 'free' } & SlotChange);
interface SlotChange {
  readonly slot: string;
}

export interface SlotPlan {
  readonly acts: readonly SlotAct[];
  /** Addresses that may be used and have no slot. */
  readonly missing: readonly SlotAddress[];
}

/**
 * - `free`: nothing is in it: in maintenance, with port 1.
 * - `emptied`: port 1, and not yet in maintenance again.
 * - `operator`: in maintenance with an address. An operator did this, so it stays.
 */
export type SlotState = 'free' | 'emptied' | 'operator' | 'draining' | 'ready';

/** The port of a slot without an instance, as the template in the configuration has it. */
const freePort = 1;

export function slotState({ port, isInMaintenance, isDraining }: Slot): SlotState {
  if (port === freePort) return isInMaintenance ? 'free' : 'emptied';
  if (isInMaintenance) return 'operator';
  return isDraining ? 'draining' : 'ready';
}

export const slotKey = ({ address, port }: SlotAddress): string => `${address} ${port}`;

/**
 * What to do so that the backend has these instances and no others. Applied again to its result, it does
 * nothing. It never puts one address into two slots, and changes no slot that is right.
 *
 * An instance that is there and may not be used is drained, not put into maintenance: its connections go on,
 * and HAProxy's own checks keep asking. One that is gone is drained, and its slot is freed when `isIdle` says
 * so.
 */
export function planSlots(
  slots: readonly Slot[],
  usable: readonly SlotAddress[],
  present: readonly SlotAddress[],
  isIdle: (slot: Slot) => boolean,
): SlotPlan {
  const wanted = new Map(usable.map((one) => [slotKey(one), one]));
  const known = new Set(present.map(slotKey));
  const taken = new Set(
    slots.filter((slot) => slotState(slot) === 'operator').map((slot) => slotKey(slot)),
  );
  const acts: SlotAct[] = [];
  const free: string[] = [];
  for (const slot of slots) {
    const state = slotState(slot);
    const { name } = slot;
    const key = slotKey(slot);
    const isFirst = !taken.has(key);
    if (state === 'free') free.push(name);
    else if (state === 'emptied') acts.push({ act: 'free', slot: name });
    else if (state === 'operator') continue;
    else if (isFirst && wanted.has(key)) {
      taken.add(key);
      if (state === 'draining') acts.push({ act: 'serve', slot: name });
    } else if (isFirst && known.has(key)) {
      taken.add(key);
      if (state === 'ready') acts.push({ act: 'drain', slot: name });
    } else if (state === 'ready') acts.push({ act: 'drain', slot: name });
    else if (isIdle(slot)) acts.push({ act: 'free', slot: name });
  }
  const missing: SlotAddress[] = [];
  for (const [key, { address, port }] of wanted) {
    if (taken.has(key)) continue;
    const slot = free.shift();
    if (slot === undefined) missing.push({ address, port });
    else acts.push({ act: 'fill', slot, address, port });
  }
  return { acts, missing };
}

/**
 * The commands of an act. A slot is emptied before it goes into maintenance, so that one that was left half
 * way is not taken for an operator's.
 */
export function commandsOf(backend: string, act: SlotAct): readonly string[] {
  const server = `set server ${backend}/${act.slot}`;
  switch (act.act) {
    case 'fill':
      return [`${server} addr ${act.address} port ${act.port}`, `${server} state ready`];
    case 'serve':
      return [`${server} state ready`];
    case 'drain':
      return [`${server} state drain`];
    case 'free':
      return [`${server} addr 127.0.0.1 port ${freePort}`, `${server} state maint`];
    default:
      return act satisfies never;
  }
}
