import { slotOfKey } from '../identity/registry-keys.ts';
import { RecordBudget } from '../records/record-budget.ts';
import type { AgentRecord } from '../records/schemas.ts';
import { ServiceIndex } from '../records/service-index.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readInstance,
  type StoredInstance,
  type Unreadable,
  type ViewInstance,
} from '../records/stored-record.ts';
import type { Revision } from '../time.ts';
import { FleetControls } from './fleet-controls.ts';

/** One agent: its record and all instances under its prefix, whichever run owns them. */
export interface AgentView<I extends ViewInstance = ViewInstance> {
  readonly slot: string;
  agent: Exclude<RecordRead<AgentRecord>, { kind: 'absent' }> | undefined;
  readonly instances: Map<string, I | Unreadable>;
}

/** What a view keeps of an instance of this slot. */
export type Keep<I extends ViewInstance> = (read: StoredInstance, slot: AgentView<I>) => I;

/**
 * The contents of the registry, indexed by slot and by service.
 *
 * Entries must be applied in the order of revisions. Invalid entries never throw (G12): a record that
 * cannot be read is kept as `unreadable`, and so is an invalid key.
 */
export class Fleet<I extends ViewInstance = ViewInstance> {
  readonly #keep: ((read: StoredInstance, slot: AgentView<never>) => ViewInstance) | undefined;
  #controls = new FleetControls();
  #slots = new Map<string, AgentView<I>>();
  #services = new ServiceIndex<I>();
  #strangers = new Map<string, Unreadable>();
  #budget = new RecordBudget();
  /** The slot of the last instance: those of an agent mostly follow each other. `prefix` is that of their keys. */
  #recent: { readonly prefix: string; readonly slot: AgentView<I> } | undefined;
  #upTo: Revision = 0;

  /** @param keep what it keeps of each instance; default: all */
  constructor(keep?: Keep<I>) {
    this.#keep = keep;
  }

  /** Holds, drains, brakes and the policy. */
  get controls(): FleetControls {
    return this.#controls;
  }

  get upTo(): Revision {
    return this.#upTo;
  }

  get size(): number {
    return this.#slots.size;
  }

  slots(): IterableIterator<AgentView<I>> {
    return this.#slots.values();
  }

  slot(tokens: string): AgentView<I> | undefined {
    return this.#slots.get(tokens);
  }

  /** All records of one service, in all slots. */
  ofService(service: string): Generator<I> {
    return this.#services.of(service);
  }

  /** Whether a service has a record that can be read. */
  hasService(service: string): boolean {
    return this.#services.has(service);
  }

  /** Names of the services that have a record. */
  services(): IterableIterator<string> {
    return this.#services.services();
  }

  /** All records of one `service/id` in all slots, by key. */
  named(service: string, id: string): ReadonlyMap<string, I> {
    return this.#services.named(service, id);
  }

  isContested(service: string, id: string): boolean {
    return this.#services.isContested(service, id);
  }

  /** All unreadable entries. */
  *unreadable(): Generator<Unreadable> {
    yield* this.#strangers.values();
    yield* this.controls.unreadable();
    for (const slot of this.#slots.values()) {
      if (slot.agent?.kind === 'unreadable') yield slot.agent;
      for (const read of slot.instances.values()) if (read.kind === 'unreadable') yield read;
    }
  }

  /** The keys whose records are too much and are left out, by host as in keys. */
  get leftOut(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#budget.leftOut;
  }

  /** The revision of each existing record, readable or not. */
  revisions(): ReadonlyMap<string, Revision> {
    const revisions = new Map(this.controls.revisions());
    for (const [key, { revision }] of this.#strangers) revisions.set(key, revision);
    for (const { agent, instances } of this.#slots.values()) {
      if (agent) revisions.set(agent.key, agent.revision);
      for (const [key, { revision }] of instances) revisions.set(key, revision);
    }
    return revisions;
  }

  /** Replaces the whole contents; returns the slots that exist now or existed before. */
  replace(entries: readonly KeyValueEntry[], upTo: Revision): ReadonlySet<string> {
    const next = new Fleet<I>(this.#keep as Keep<I>);
    next.apply(entries, upTo);
    return this.become(next);
  }

  /** Takes over the contents of another; returns the slots that exist now or existed before. */
  become(next: Fleet<I>): ReadonlySet<string> {
    const touched = new Set(this.#slots.keys());
    this.#controls = next.#controls;
    this.#slots = next.#slots;
    this.#services = next.#services;
    this.#strangers = next.#strangers;
    this.#budget = next.#budget;
    this.#recent = undefined;
    this.#upTo = next.#upTo;
    for (const slot of this.#slots.keys()) touched.add(slot);
    return touched;
  }

  /** Applies changes; returns the affected slots. */
  apply(entries: readonly KeyValueEntry[], upTo: Revision): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const entry of entries) {
      const slot = this.#slotFor(entry.key);
      if (slot) {
        this.#take(slot, entry);
        touched.add(slot.slot);
        continue;
      }
      if (!this.#controls.take(entry)) this.#takeStranger(entry);
      else for (const slot of this.covered(entry.key)) touched.add(slot);
    }
    this.#upTo = Math.max(this.#upTo, upTo);
    return touched;
  }

  /** The slots whose status a hold or a drain with this key changes. */
  *covered(key: string): Generator<string> {
    if (key.startsWith('drain.')) yield* this.#drained(key);
    const [, slot] = /^hold\.(.+)$/.exec(key) ?? [];
    if (slot === undefined) return;
    for (const tokens of this.#slots.keys()) {
      if (tokens === slot || tokens.startsWith(`${slot}.`)) yield tokens;
    }
  }

  *#drained(key: string): Generator<string> {
    const [, target] = /^drain\.(.+)$/.exec(key) ?? [];
    if (target === undefined) return;
    const isOfInstance = target.includes('.');
    for (const [tokens, { instances }] of this.#slots) {
      // Compares encoded names, so that a key with an invalid encoding does not throw (G12).
      const isCovered = isOfInstance
        ? instances.has(`instance.${tokens}.${target}`)
        : tokens.startsWith(`${target}.`);
      if (isCovered) yield tokens;
    }
  }

  #take(slot: AgentView<I>, entry: KeyValueEntry): void {
    if (entry.key.startsWith('instance.')) this.#takeInstance(slot, entry);
    else this.#takeAgent(slot, entry);
    this.#dropIfEmpty(slot);
  }

  /** The slot that a key belongs to; undefined for a key of another kind. */
  #slotFor(key: string): AgentView<I> | undefined {
    const recent = this.#recent;
    if (recent && key.startsWith(recent.prefix) && isTail(key, recent.prefix.length))
      return recent.slot;
    const isInstance = keyOfInstance.test(key);
    if (!isInstance && !keyOfAgent.test(key)) return undefined;
    const slot = this.#at(slotOfKey(key));
    if (isInstance) this.#recent = { prefix: `instance.${slot.slot}.`, slot };
    return slot;
  }

  #takeAgent(slot: AgentView<I>, entry: KeyValueEntry): void {
    const read = readAgent(this.#budget.take(entry, slot.agent !== undefined));
    slot.agent = read.kind === 'absent' ? undefined : read;
  }

  #takeInstance(slot: AgentView<I>, entry: KeyValueEntry): void {
    const before = slot.instances.get(entry.key);
    if (before?.kind === 'stored') this.#services.remove(before);
    const read = readInstance(this.#budget.take(entry, before !== undefined));
    if (read.kind === 'absent') {
      slot.instances.delete(entry.key);
      return;
    }
    if (read.kind === 'unreadable') {
      slot.instances.set(entry.key, read);
      return;
    }
    const kept = (this.#keep?.(read, slot as AgentView<never>) ?? read) as I;
    slot.instances.set(kept.key, kept);
    this.#services.add(kept);
  }

  #takeStranger({ key, revision, text }: KeyValueEntry): void {
    if (text === undefined) this.#strangers.delete(key);
    else this.#strangers.set(key, { kind: 'unreadable', key, revision, why: 'not a registry key' });
  }

  #at(tokens: string): AgentView<I> {
    const there = this.#slots.get(tokens);
    if (there) return there;
    const slot: AgentView<I> = { slot: tokens, agent: undefined, instances: new Map() };
    this.#slots.set(tokens, slot);
    return slot;
  }

  #dropIfEmpty({ slot, agent, instances }: AgentView<I>): void {
    if (agent || instances.size > 0) return;
    this.#slots.delete(slot);
    this.#recent = undefined;
  }
}

const keyOfInstance = /^instance\.[^.]+\.[^.]+\.[^.]*\.[^.]*$/;
const keyOfAgent = /^agent\.[^.]+\.[^.]+$/;

/** Whether two tokens, the service and the id, follow. */
function isTail(key: string, from: number): boolean {
  const dot = key.indexOf('.', from);
  return dot >= 0 && key.indexOf('.', dot + 1) < 0;
}
