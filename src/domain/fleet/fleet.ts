import { RecordBudget } from '../records/record-budget.ts';
import type { AgentRecord, InstanceRecord } from '../records/schemas.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readInstance,
  type StoredInstance,
  type Unreadable,
} from '../records/stored-record.ts';
import type { Revision } from '../time.ts';
import { FleetControls } from './fleet-controls.ts';

/** One agent: its record and all instances under its prefix, whichever run owns them. */
export interface AgentView {
  readonly slot: string;
  agent: Exclude<RecordRead<AgentRecord>, { kind: 'absent' }> | undefined;
  readonly instances: Map<string, Exclude<RecordRead<InstanceRecord>, { kind: 'absent' }>>;
}

/**
 * The contents of the registry, indexed by slot and by service.
 *
 * Entries must be applied in the order of revisions. Invalid entries never throw (G12): a record that
 * cannot be read is kept as `unreadable`, and so is an invalid key.
 */
export class Fleet {
  /** Holds, drains, brakes and the policy. */
  readonly controls = new FleetControls();
  readonly #slots = new Map<string, AgentView>();
  /** By service, then by id. */
  readonly #services = new Map<string, Map<string, RecordsOfName>>();
  readonly #strangers = new Map<string, Unreadable>();
  #budget = new RecordBudget();
  #upTo: Revision = 0;

  /** All changes up to this revision are applied. */
  get upTo(): Revision {
    return this.#upTo;
  }

  /** Number of slots. */
  get size(): number {
    return this.#slots.size;
  }

  slots(): IterableIterator<AgentView> {
    return this.#slots.values();
  }

  slot(tokens: string): AgentView | undefined {
    return this.#slots.get(tokens);
  }

  /** All records of one service, in all slots. */
  *ofService(service: string): Generator<StoredInstance> {
    for (const records of this.#services.get(service)?.values() ?? []) {
      if (records instanceof Map) yield* records.values();
      else yield records;
    }
  }

  /** Whether a service has a record that can be read. */
  hasService(service: string): boolean {
    return this.#services.has(service);
  }

  /** Names of the services that have a record. */
  services(): IterableIterator<string> {
    return this.#services.keys();
  }

  /** All records of one `service/id` in all slots, by key. */
  named(service: string, id: string): ReadonlyMap<string, StoredInstance> {
    const there = this.#services.get(service)?.get(id);
    if (there === undefined || there instanceof Map) return there ?? none;
    return new Map([[there.key, there]]);
  }

  /** Whether more than one record has this `service/id`. */
  isContested(service: string, id: string): boolean {
    const there = this.#services.get(service)?.get(id);
    return there instanceof Map && there.size > 1;
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
    const touched = new Set(this.#slots.keys());
    this.#slots.clear();
    this.#services.clear();
    this.#strangers.clear();
    this.controls.clear();
    this.#budget = new RecordBudget();
    this.#upTo = 0;
    for (const slot of this.apply(entries, upTo)) touched.add(slot);
    return touched;
  }

  /** Applies changes; returns the affected slots. */
  apply(entries: readonly KeyValueEntry[], upTo: Revision): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const entry of entries) {
      if (this.controls.take(entry)) {
        for (const slot of this.#covered(entry.key)) touched.add(slot);
        continue;
      }
      const slot = this.#take(entry);
      if (slot) touched.add(slot);
    }
    this.#upTo = Math.max(this.#upTo, upTo);
    return touched;
  }

  /** The slots whose status a hold or a drain changes. */
  *#covered(key: string): Generator<string> {
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

  #take(entry: KeyValueEntry): string | undefined {
    const [, agentOf, instanceOf] = keyShape.exec(entry.key) ?? [];
    const tokens = agentOf ?? instanceOf;
    if (tokens === undefined) {
      this.#takeStranger(entry);
      return undefined;
    }
    const slot = this.#at(tokens);
    if (instanceOf !== undefined) this.#takeInstance(slot, entry);
    else this.#takeAgent(slot, entry);
    this.#dropIfEmpty(slot);
    return slot.slot;
  }

  #takeAgent(slot: AgentView, entry: KeyValueEntry): void {
    const read = readAgent(this.#budget.take(entry, slot.agent !== undefined));
    slot.agent = read.kind === 'absent' ? undefined : read;
  }

  #takeInstance(slot: AgentView, entry: KeyValueEntry): void {
    const before = slot.instances.get(entry.key);
    if (before?.kind === 'stored') this.#unindexName(before);
    const read = readInstance(this.#budget.take(entry, before !== undefined));
    if (read.kind === 'absent') {
      slot.instances.delete(entry.key);
      return;
    }
    slot.instances.set(entry.key, read);
    if (read.kind === 'stored') this.#indexName(read);
  }

  #takeStranger({ key, revision, text }: KeyValueEntry): void {
    if (text === undefined) this.#strangers.delete(key);
    else this.#strangers.set(key, { kind: 'unreadable', key, revision, why: 'not a registry key' });
  }

  #at(tokens: string): AgentView {
    const there = this.#slots.get(tokens);
    if (there) return there;
    const slot: AgentView = { slot: tokens, agent: undefined, instances: new Map() };
    this.#slots.set(tokens, slot);
    return slot;
  }

  #dropIfEmpty({ slot, agent, instances }: AgentView): void {
    if (!agent && instances.size === 0) this.#slots.delete(slot);
  }

  #indexName(instance: StoredInstance): void {
    const { service, id } = instance.record;
    const ids = this.#services.get(service) ?? new Map<string, RecordsOfName>();
    if (ids.size === 0) this.#services.set(service, ids);
    const entry = ids.get(id);
    if (entry === undefined) ids.set(id, instance);
    else if (entry instanceof Map) entry.set(instance.key, instance);
    else ids.set(id, new Map([entry, instance].map((each) => [each.key, each])));
  }

  #unindexName(instance: StoredInstance): void {
    const { service, id } = instance.record;
    const ids = this.#services.get(service);
    const entry = ids?.get(id);
    if (entry instanceof Map) entry.delete(instance.key);
    if (entry === instance || (entry instanceof Map && entry.size === 0)) ids?.delete(id);
    if (ids?.size === 0) this.#services.delete(service);
  }
}

/**
 * The instances whose owner is not the current run of the slot: superseded, or orphaned without an agent
 * record. An unreadable agent record makes no leftovers, since the owner is unknown. Instances of an
 * expired run are removed with it.
 */
export function leftoversOf({ agent, instances }: AgentView): readonly StoredInstance[] {
  if (agent?.kind === 'unreadable' || agent?.record.phase === 'expired') return [];
  return [...instances.values()].filter(
    (read): read is StoredInstance =>
      read.kind === 'stored' && read.record.run !== agent?.record.run,
  );
}

/** Matches agent and instance keys and captures the slot. */
const keyShape = /^(?:agent\.([^.]+\.[^.]+)|instance\.([^.]+\.[^.]+)\.[^.]*\.[^.]*)$/;

/** The records of one name. Nearly always one; a map for each of 100 000 would take 25 MB. */
type RecordsOfName = StoredInstance | Map<string, StoredInstance>;

const none: ReadonlyMap<string, StoredInstance> = new Map();
