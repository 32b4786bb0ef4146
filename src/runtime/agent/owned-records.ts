import type { ChainHead } from '../../domain/events/hash-chain.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import {
  agentKey,
  instanceKey,
  instancesOfAgentFilter,
} from '../../domain/identity/registry-keys.ts';
import { type DesiredInstance, sameDesired } from '../../domain/records/desired-instances.ts';
import type { AgentRecord, InstanceRecord } from '../../domain/records/schemas.ts';
import {
  AgentReader,
  isOfEarlierTerm,
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readInstance,
  type StoredAgent,
} from '../../domain/records/stored-record.ts';
import { WritePace } from '../../domain/records/write-pace.ts';
import type { Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome, Write } from '../../ports/registry.ts';
import type { Author, Change } from '../transitions/record-change.ts';
import { CommitPatience } from './commit-patience.ts';
import { type PreparedCommit, type ReadyChange, readyChanges } from './ready-changes.ts';

/** What happened to the record of the run, if it no longer belongs to the run. */
export type OwnershipLost = { readonly ended: 'expired' | 'superseded' | 'absent' };

/**
 * The records that a run owns in the registry, as it last knew: the record of its slot and the
 * instances under its prefix. Only knowledge: the store checks each write against the revision it
 * was based on.
 */
export class OwnedRecords {
  readonly self: RunRef;
  readonly author: Author;
  readonly #ports: Pick<Ports, 'registry'>;
  readonly #onChange: () => void;
  readonly instances = new Map<string, RecordRead<InstanceRecord>>();
  /**
   * The outcome of a commit is unknown: it may still be stored and undo what is read meanwhile.
   * Reads decide nothing until the record of the slot, on which that commit is fenced, has been
   * rewritten.
   */
  hasUnknownCommit = false;
  /** The write that takes the slot was sent and its outcome is unknown: never send another. */
  isRunIdSpent = false;
  /** The last event of this run's chain for each instance, including removed ones. */
  readonly chainHeads = new Map<string, ChainHead>();
  /** The commit that follows the last one, while nothing else is known (prepared-commit.ts). */
  prepared: PreparedCommit | undefined;
  /** How often each instance may be written. */
  readonly pace = new WritePace();
  /** Removals that may have been stored: the last event of each. */
  readonly #unconfirmedRemovals = new Map<string, ChainHead>();
  /** Instances that the store cannot take, by key, as they were wanted then. */
  readonly #putAside = new Map<string, DesiredInstance>();
  readonly #patience = new CommitPatience();
  #agent: StoredAgent | undefined;
  readonly #reader = new AgentReader();
  /** The instances that it wanted or may have written. */
  readonly #knownKeys = new Set<string>();
  /** The last write of this run to one of its instances. A store that loses its tail loses it first. */
  #lastWrite: KeyValueEntry | undefined;

  /** `onChange`: called when what is known of the instances has changed. */
  constructor(
    self: RunRef,
    author: Author,
    ports: Pick<Ports, 'registry'>,
    onChange: () => void = () => {},
  ) {
    this.self = self;
    this.author = author;
    this.#ports = ports;
    this.#onChange = onChange;
  }

  /** The record of the slot while it names this run. */
  get agent(): StoredAgent | undefined {
    return this.#agent;
  }

  /**
   * Reads the record of the slot at the leader: the own record, or how the run lost it.
   * @throws {Fault} `store-unavailable`
   */
  async check(): Promise<StoredAgent | OwnershipLost> {
    const before = this.#agent;
    const read = this.#reader.read(await this.#ports.registry.read(agentKey(this.self)));
    // A record that became unreadable is lost: a new run takes the slot.
    if (read.kind !== 'stored') return { ended: 'absent' };
    if (read.record.run !== this.self.run)
      return { ended: isOfEarlierTerm(read, before) ? 'absent' : 'superseded' };
    if (read.record.phase === 'expired') return { ended: 'expired' };
    // A commit of this run may have been acknowledged while this reply was on its way. Otherwise an older
    // record counts too: the store has lost the later one.
    const isOvertaken = this.#agent !== before && (this.#agent?.revision ?? 0) > read.revision;
    if (!isOvertaken) this.#agent = read;
    return this.#agent ?? read;
  }

  /**
   * Whether the store has lost the last write of this run to an instance: it was put back to an older copy.
   * Then any of the instances may be missing or old, so the next step lists them again.
   * @throws {Fault} `store-unavailable`
   */
  async hasLostWrites(): Promise<boolean> {
    const last = this.#lastWrite;
    if (!last) return false;
    const { revision } = await this.#ports.registry.read(last.key);
    // A later write of this run may have been stored since.
    if (revision === last.revision || this.#lastWrite !== last) return false;
    this.#lastWrite = undefined;
    // The tombstone of a removal lapses after a day.
    if (last.text === undefined && revision === 0) return false;
    this.forgetInstances();
    return true;
  }

  /**
   * Reads the records under the prefix of the slot, from a view that contains the record of the
   * slot. A user who may not list them reads those that it wants or has written; collectors remove the others.
   * @throws {Fault} `store-unavailable`
   */
  async list(wanted: Iterable<string> = []): Promise<void> {
    this.#listed(await this.#read(wanted, this.#agent?.revision ?? 0));
  }

  /**
   * Reads the record of the slot before the run has it, and the records under the prefix, from one view.
   * @throws {Fault} `store-unavailable`
   */
  async look(wanted: Iterable<string>): Promise<RecordRead<AgentRecord>> {
    const entries = await this.#read(wanted, 0);
    const key = agentKey(this.self);
    const absent = { key, revision: 0, text: undefined };
    this.#listed(entries);
    return readAgent(entries.find((entry) => entry.key === key) ?? absent);
  }

  /** The next step lists the instances again. */
  forgetInstances(): void {
    this.instances.clear();
    this.prepared = undefined;
  }

  #read(wanted: Iterable<string>, atLeast: Revision): Promise<readonly KeyValueEntry[]> {
    const slot = agentKey(this.self);
    const filters = [instancesOfAgentFilter(this.self), slot];
    for (const key of wanted) this.#knownKeys.add(key);
    return this.#ports.registry.list(filters, atLeast, [slot, ...this.#knownKeys]);
  }

  #listed(entries: readonly KeyValueEntry[]): void {
    const slot = agentKey(this.self);
    this.prepared = undefined;
    this.instances.clear();
    for (const entry of entries) if (entry.key !== slot) this.#store(readInstance(entry));
    for (const [key, head] of this.#unconfirmedRemovals) {
      // Only the run removes what an active run owns: a missing record means that the removal was
      // stored.
      if (this.instances.get(key)?.kind !== 'stored') this.chainHeads.set(key, head);
    }
    this.#onChange();
  }

  /** Does not register this instance, until something else is wanted of it. */
  putAside(instance: DesiredInstance): void {
    this.#putAside.set(instanceKey({ ...this.self, ...instance.spec }), instance);
    this.#onChange();
  }

  isPutAside(wanted: DesiredInstance): boolean {
    if (this.#putAside.size === 0) return false;
    const aside = this.#putAside.get(instanceKey({ ...this.self, ...wanted.spec }));
    return aside !== undefined && sameDesired(aside, wanted);
  }

  /**
   * Commits changes. Instances are fenced on the record of the slot, so a run that lost it writes
   * nothing. `ready`: changes of the same commit that were signed before. `signal` ends the wait.
   * @throws {Fault} `record-unreadable` for an instance that is not valid, `record-too-large`; nothing was written
   */
  async commit(
    changes: readonly Change[],
    signal: AbortSignal,
    ready: readonly ReadyChange[] = [],
  ): Promise<CommitOutcome> {
    const slot = agentKey(this.self);
    const sealed = [...ready, ...readyChanges(changes, slot)];
    const writes = sealed.map((change) => change.write);
    const instances = sealed.flatMap(({ write, head, read }) =>
      read ? [{ write, head, read, wasMine: this.#isMine(write.key) }] : [],
    );
    for (const { write } of instances) this.#knownKeys.add(write.key);
    const needsFence = this.#agent && !writes.some((write) => write.key === slot);
    const fences = needsFence ? [{ key: slot, expectedRevision: this.#agent?.revision ?? 0 }] : [];
    const events = sealed.flatMap((change) => change.events);
    const wait = this.#patience.wait(this.#agent, signal);
    const outcome = await this.#ports.registry.commit({ writes, events, fences }, wait);
    this.#patience.ended(outcome);
    if (outcome.outcome === 'committed') {
      for (const write of writes) if (write.key === slot) this.#applyOwn(write, outcome.revisions);
      this.#apply(instances, outcome.revisions);
    }
    if (outcome.outcome === 'unknown') {
      this.hasUnknownCommit = true;
      for (const { write, head, wasMine } of instances) {
        if (wasMine && write.text === undefined) this.#unconfirmedRemovals.set(write.key, head);
      }
      // Also if the sender of this commit was stopped meanwhile.
      this.forgetInstances();
    }
    return outcome;
  }

  #isMine(key: string): boolean {
    const known = this.instances.get(key);
    return known?.kind === 'stored' && known.record.run === this.self.run;
  }

  #applyOwn({ key, text }: Write, revisions: ReadonlyMap<string, Revision>): void {
    const read = readAgent({ key, revision: revisions.get(key) ?? 0, text });
    this.#agent = read.kind === 'stored' ? read : undefined;
    this.hasUnknownCommit = false;
  }

  #apply(instances: readonly InstanceWrite[], revisions: ReadonlyMap<string, Revision>): void {
    for (const { write, head, read, wasMine } of instances) {
      const { key, text } = write;
      const revision = revisions.get(key) ?? 0;
      // An instance of an earlier run is not a chain of this run.
      if (text !== undefined || wasMine) this.chainHeads.set(key, head);
      this.#unconfirmedRemovals.delete(key);
      this.#lastWrite = { key, revision, text };
      this.#store({ ...read, revision });
    }
    this.#onChange();
  }

  #store(read: RecordRead<InstanceRecord>): void {
    if (read.kind === 'absent' && read.revision === 0) this.instances.delete(read.key);
    else this.instances.set(read.key, read);
    if (read.kind === 'stored' && read.record.run === this.self.run) {
      this.chainHeads.set(read.key, read.record);
    }
  }
}

/** An instance of a commit: what is written, and what a reader will make of it. */
interface InstanceWrite extends Required<Omit<ReadyChange, 'events' | 'record'>> {
  /** Whether it was an instance of this run before: a check may forget that while the commit is under way. */
  readonly wasMine: boolean;
}
