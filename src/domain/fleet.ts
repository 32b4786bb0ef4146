import {
  type Entry,
  type Read,
  readAgent,
  readInstance,
  type StoredInstance,
  type Unreadable,
} from './entry.ts';
import type { AgentRecord, InstanceRecord } from './records.ts';
import type { Revision } from './time.ts';

/** One slot: the record that names its run, and every instance under its prefix, whoever owns it. */
export interface SlotView {
  readonly slot: string;
  agent: Exclude<Read<AgentRecord>, { kind: 'absent' }> | undefined;
  readonly instances: Map<string, Exclude<Read<InstanceRecord>, { kind: 'absent' }>>;
}

/**
 * The registry as one observer knows it, by slot and by service.
 *
 * Fed in the order of revisions; it never throws for what it is fed (G12): a record that cannot be
 * read stands as `unreadable`, a key that is none is kept apart.
 */
export class Fleet {
  readonly #slots = new Map<string, SlotView>();
  readonly #services = new Map<string, Map<string, StoredInstance>>();
  readonly #strangers = new Map<string, Unreadable>();
  #upTo: Revision = 0;

  /** Every change up to here is in. */
  get upTo(): Revision {
    return this.#upTo;
  }

  /** How many slots there are. */
  get size(): number {
    return this.#slots.size;
  }

  slots(): IterableIterator<SlotView> {
    return this.#slots.values();
  }

  slot(tokens: string): SlotView | undefined {
    return this.#slots.get(tokens);
  }

  /** All records of one `service/id`, under whatever slots, by key. */
  named(service: string, id: string): ReadonlyMap<string, StoredInstance> {
    return this.#services.get(nameOf(service, id)) ?? none;
  }

  /** Whatever stands there and cannot be read, by key. */
  *unreadable(): Generator<Unreadable> {
    yield* this.#strangers.values();
    for (const slot of this.#slots.values()) {
      if (slot.agent?.kind === 'unreadable') yield slot.agent;
      for (const read of slot.instances.values()) if (read.kind === 'unreadable') yield read;
    }
  }

  /** Forgets everything and starts from these; returns the slots there are now or were before. */
  replace(entries: readonly Entry[], upTo: Revision): ReadonlySet<string> {
    const touched = new Set(this.#slots.keys());
    this.#slots.clear();
    this.#services.clear();
    this.#strangers.clear();
    this.#upTo = 0;
    for (const slot of this.apply(entries, upTo)) touched.add(slot);
    return touched;
  }

  /** Takes changes in; returns the slots they touched. */
  apply(entries: readonly Entry[], upTo: Revision): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const entry of entries) {
      const slot = this.#take(entry);
      if (slot) touched.add(slot);
    }
    this.#upTo = Math.max(this.#upTo, upTo);
    return touched;
  }

  #take(entry: Entry): string | undefined {
    const [kind, host, agent, ...rest] = entry.key.split('.');
    const tokens = `${host}.${agent}`;
    if (kind === 'agent' && host && agent && rest.length === 0) {
      const read = readAgent(entry);
      this.#at(tokens).agent = read.kind === 'absent' ? undefined : read;
    } else if (kind === 'instance' && host && agent && rest.length === 2) {
      this.#takeInstance(this.#at(tokens), entry);
    } else {
      this.#takeStranger(entry);
      return undefined;
    }
    this.#drop(tokens);
    return tokens;
  }

  #takeInstance(slot: SlotView, entry: Entry): void {
    const before = slot.instances.get(entry.key);
    if (before?.kind === 'stored') this.#unname(before);
    const read = readInstance(entry);
    if (read.kind === 'absent') {
      slot.instances.delete(entry.key);
      return;
    }
    slot.instances.set(entry.key, read);
    if (read.kind === 'stored') this.#name(read);
  }

  #takeStranger({ key, revision, text }: Entry): void {
    if (text === undefined) this.#strangers.delete(key);
    else this.#strangers.set(key, { kind: 'unreadable', key, revision, why: 'no key of ours' });
  }

  #at(tokens: string): SlotView {
    const there = this.#slots.get(tokens);
    if (there) return there;
    const slot: SlotView = { slot: tokens, agent: undefined, instances: new Map() };
    this.#slots.set(tokens, slot);
    return slot;
  }

  #drop(tokens: string): void {
    const slot = this.#slots.get(tokens);
    if (slot && !slot.agent && slot.instances.size === 0) this.#slots.delete(tokens);
  }

  #name(stored: StoredInstance): void {
    const name = nameOf(stored.record.service, stored.record.id);
    const there = this.#services.get(name) ?? new Map<string, StoredInstance>();
    there.set(stored.key, stored);
    this.#services.set(name, there);
  }

  #unname(stored: StoredInstance): void {
    const name = nameOf(stored.record.service, stored.record.id);
    const there = this.#services.get(name);
    there?.delete(stored.key);
    if (there?.size === 0) this.#services.delete(name);
  }
}

const none: ReadonlyMap<string, StoredInstance> = new Map();

/** A name has no control characters, so NUL keeps the two apart. */
const nameOf = (service: string, id: string): string => `${service}\0${id}`;
