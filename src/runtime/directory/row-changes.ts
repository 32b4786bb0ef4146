import { type InstanceRow, toInstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { agentMapKey, nameInKey, slotOfKey } from '../../domain/identity/registry-keys.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { LeanInstance } from './lean-instance.ts';
import { isSameAgent, isSameInstance } from './same-record.ts';

/** A change of an instance, as a consumer sees it. */
export interface DirectoryChange {
  /** The row before the change; undefined: the instance is new. */
  readonly before: InstanceRow | undefined;
  /** The row after the change; undefined: the instance was removed. */
  readonly now: InstanceRow | undefined;
}

/**
 * The rows of a view, each made when it is first asked for, and the changes of rows.
 *
 * Before a change of the view it remembers the rows that may change: those of the changed records, of the instances
 * of changed agents, and of all instances with the same names. So a change costs no more than these.
 */
export class RowChanges {
  readonly #fleet: Fleet<LeanInstance>;
  /** Rows before the change, by key; undefined: there was none. */
  readonly #before = new Map<string, InstanceRow | undefined>();
  /** Runs that announced that they leave, by slot. */
  readonly #leaving = new Map<string, string>();
  #observed = true;

  constructor(fleet: Fleet<LeanInstance>) {
    this.#fleet = fleet;
  }

  /** Whether a collector has a seat, as the rows show it. */
  get observed(): boolean {
    return this.#observed;
  }

  /** The row of an instance. All callers get the same object until the row changes. */
  rowOf(instance: LeanInstance): InstanceRow {
    instance.row ??= toInstanceRow(instance, instance.slot, this.#fleet, this.#observed);
    return instance.row;
  }

  /** Call before these entries are applied. */
  beforeApplied(entries: readonly Pick<KeyValueEntry, 'key'>[]): void {
    this.#before.clear();
    for (const { key } of entries) {
      if (key.startsWith('instance.')) this.#rememberInstance(key);
      else if (key.startsWith('agent.')) this.#rememberSlot(slotOfKey(key));
      else for (const slot of this.#fleet.covered(key)) this.#rememberSlot(slot);
    }
  }

  /** Call before the contents of `next` take the place of all contents. */
  beforeReplaced(next: Fleet<LeanInstance>): void {
    this.#before.clear();
    const isPlain = this.#fleet.controls.isWithoutPlans && next.controls.isWithoutPlans;
    for (const slot of this.#fleet.slots()) {
      const then = next.slot(slot.slot);
      const isSameOwner = isPlain && isSameAgent(slot.agent, then?.agent);
      for (const [key, read] of slot.instances) {
        if (read.kind !== 'stored') continue;
        const other = then?.instances.get(key);
        const isKept =
          isSameOwner &&
          other?.kind === 'stored' &&
          isSameInstance(read, other) &&
          !this.#isContested(read, next);
        if (isKept) other.row = read.row;
        else this.#remember(key, read);
      }
    }
    for (const { slot, instances } of next.slots()) {
      const then = this.#fleet.slot(slot)?.instances;
      for (const [key, read] of instances)
        if (read.kind === 'stored' && then?.get(key)?.kind !== 'stored')
          this.#remember(key, undefined);
    }
  }

  /** A collector took or lost the only seat: every row may change. */
  setObserved(observed: boolean): void {
    this.#before.clear();
    for (const { slot } of this.#fleet.slots()) this.#rememberSlot(slot);
    this.#observed = observed;
  }

  /** The rows that differ from before the change. */
  changes(): readonly DirectoryChange[] {
    // All are forgotten before the first is made: one row depends on the records of others.
    for (const key of this.#before.keys()) {
      const instance = this.#find(key);
      if (instance) instance.row = undefined;
    }
    const changes: DirectoryChange[] = [];
    for (const [key, before] of this.#before) {
      const instance = this.#find(key);
      const now = instance && this.rowOf(instance);
      if (differ(before, now)) changes.push(Object.freeze({ before, now }));
    }
    this.#before.clear();
    return Object.freeze(changes);
  }

  /** The change of the view need not be reported: what it remembers is forgotten. */
  skip(): void {
    for (const key of this.#before.keys()) {
      const instance = this.#find(key);
      if (instance) instance.row = undefined;
    }
    this.#before.clear();
  }

  /** Records the slots whose run leaves. Call it after each change with the slots that it affects. */
  noteLeaving(slots: Iterable<string>): void {
    for (const key of slots) {
      const agent = this.#fleet.slot(key)?.agent;
      if (agent?.kind === 'stored' && agent.record.phase === 'leaving')
        this.#leaving.set(key, agent.record.run);
    }
  }

  /** Whether the owner of a row announced that it leaves. Call `forgetEnded` after the last call. */
  hasLeft(row: InstanceRow): boolean {
    return this.#leaving.get(agentMapKey(row as Slot & InstanceRow)) === row.run;
  }

  /** Forgets the announcements of slots that are gone. */
  forgetEnded(): void {
    for (const slot of this.#leaving.keys()) {
      const instances = this.#fleet.slot(slot)?.instances.values() ?? [];
      if (![...instances].some(({ kind }) => kind === 'stored')) this.#leaving.delete(slot);
    }
  }

  #find(key: string): LeanInstance | undefined {
    const read = this.#fleet.slot(slotOfKey(key))?.instances.get(key);
    return read?.kind === 'stored' ? read : undefined;
  }

  #isContested({ service, id }: LeanInstance, next: Fleet<LeanInstance>): boolean {
    return this.#fleet.isContested(service, id) || next.isContested(service, id);
  }

  #remember(key: string, instance: LeanInstance | undefined): void {
    if (!this.#before.has(key)) this.#before.set(key, instance && this.rowOf(instance));
  }

  #rememberSlot(slotKey: string): void {
    const slot = this.#fleet.slot(slotKey);
    for (const read of slot?.instances.values() ?? []) {
      if (read.kind !== 'stored') continue;
      this.#remember(read.key, read);
      if (this.#fleet.isContested(read.service, read.id)) this.#rememberNamesakes(read);
    }
  }

  #rememberInstance(key: string): void {
    const instance = this.#find(key);
    this.#remember(key, instance);
    // A new one may contest others: its names are those of its key, or it cannot be read.
    const name = instance ?? nameInKey(key);
    if (name) this.#rememberNamesakes(name);
  }

  /** A change of one may decide which of several instances with the same name counts. */
  #rememberNamesakes({ service, id }: { readonly service: string; readonly id: string }): void {
    for (const [key, instance] of this.#fleet.named(service, id)) this.#remember(key, instance);
  }
}

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
    (a.labels !== b.labels && JSON.stringify(a.labels) !== JSON.stringify(b.labels)) ||
    (a.health !== b.health && JSON.stringify(a.health) !== JSON.stringify(b.health))
  );
}
