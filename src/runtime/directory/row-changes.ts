import { type InstanceRow, toInstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { AgentView, Fleet } from '../../domain/fleet/fleet.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { agentMapKey, slotOfKey } from '../../domain/identity/registry-keys.ts';

/** A change of an instance, as a consumer sees it. */
export interface DirectoryChange {
  /** The row before the change; undefined: the instance is new. */
  readonly before: InstanceRow | undefined;
  /** The row after the change; undefined: the instance was removed. */
  readonly now: InstanceRow | undefined;
}

/** Finds the rows that changed since the last call. */
export class RowChanges {
  /** The last row of each instance, by slot. */
  readonly #rows = new Map<string, ReadonlyMap<string, InstanceRow>>();
  /** Runs that announced that they leave, by slot. */
  readonly #leaving = new Map<string, string>();
  readonly #fleet: Fleet;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** The changes of these slots, and of the slots that have an instance of the same name. */
  of(slots: ReadonlySet<string>, observed: boolean): readonly DirectoryChange[] {
    return [...this.#withNamesakes(slots)].flatMap((slot) => this.#changesOf(slot, observed));
  }

  /** Whether the owner of a row announced that it leaves. Call `forgetEnded` after the last call. */
  hasLeft(row: InstanceRow): boolean {
    return this.#leaving.get(agentMapKey(row as Slot & InstanceRow)) === row.run;
  }

  /** Forgets the announcements of slots that are gone. */
  forgetEnded(): void {
    for (const slot of this.#leaving.keys()) if (!this.#rows.has(slot)) this.#leaving.delete(slot);
  }

  /** A change of a slot may decide which of two instances with the same name counts. */
  #withNamesakes(slots: ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set(slots);
    for (const slotKey of slots) {
      const names = [
        ...(this.#rows.get(slotKey)?.values() ?? []),
        ...recordsOf(this.#fleet.slot(slotKey)),
      ];
      for (const { service, id } of names) {
        for (const key of this.#fleet.named(service, id).keys()) all.add(slotOfKey(key));
      }
    }
    return all;
  }

  #changesOf(slotKey: string, observed: boolean): DirectoryChange[] {
    const before = this.#rows.get(slotKey) ?? new Map<string, InstanceRow>();
    const now = new Map<string, InstanceRow>();
    const slot = this.#fleet.slot(slotKey);
    for (const stored of slot?.instances.values() ?? []) {
      if (stored.kind !== 'stored' || !slot) continue;
      now.set(stored.key, toInstanceRow(stored, slot, this.#fleet, observed));
    }
    if (now.size > 0) this.#rows.set(slotKey, now);
    else this.#rows.delete(slotKey);
    if (slot?.agent?.kind === 'stored' && slot.agent.record.phase === 'leaving')
      this.#leaving.set(slotKey, slot.agent.record.run);
    const keys = new Set([...before.keys(), ...now.keys()]);
    return [...keys]
      .map((key) => ({ before: before.get(key), now: now.get(key) }))
      .filter(({ before, now }) => differ(before, now));
  }
}

const recordsOf = (slot: AgentView | undefined) =>
  [...(slot?.instances.values() ?? [])].flatMap((read) =>
    read.kind === 'stored' ? [read.record] : [],
  );

/** Whether the difference matters to a consumer. */
function differ(a: InstanceRow | undefined, b: InstanceRow | undefined): boolean {
  if (!a || !b) return a !== b;
  return (
    a.state !== b.state ||
    a.reason !== b.reason ||
    a.successor !== b.successor ||
    a.run !== b.run ||
    a.token !== b.token ||
    a.address !== b.address ||
    a.port !== b.port ||
    JSON.stringify(a.labels) !== JSON.stringify(b.labels) ||
    JSON.stringify(a.health) !== JSON.stringify(b.health)
  );
}
