import type { ChainHead } from '../../domain/events/hash-chain.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { agentKey, instancesOfAgentFilter } from '../../domain/identity/registry-keys.ts';
import type { InstanceRecord } from '../../domain/records/schemas.ts';
import {
  type KeyValueEntry,
  type RecordRead,
  readAgent,
  readInstance,
  type StoredAgent,
} from '../../domain/records/stored-record.ts';
import type { Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CommitOutcome } from '../../ports/registry.ts';
import type { Author, Change } from '../transitions/record-change.ts';

/** What became of the run's record, where it no longer is the run's. */
export type OwnershipLost = { readonly ended: 'expired' | 'superseded' | 'absent' };

/**
 * What a run holds in the registry, as it last knew: its slot's record and the instances under its
 * prefix. Knowledge only: each write is checked by the store against the revision it was based on.
 */
export class OwnedRecords {
  readonly me: RunRef;
  readonly author: Author;
  readonly #ports: Pick<Ports, 'registry'>;
  readonly instances = new Map<string, RecordRead<InstanceRecord>>();
  /**
   * A commit's outcome is not known: it may still be stored, and undo what is read meanwhile. Until the
   * slot's record, on which it is fenced, has been rewritten, nothing that is read settles anything.
   */
  hasUnknownCommit = false;
  /** The write that takes the slot has been sent, and its outcome is not known: never send another. */
  isRunIdSpent = false;
  /** Where this run's chain for each instance stands, those it has removed included. */
  readonly chainHeads = new Map<string, ChainHead>();
  /** Removals that may have been stored. */
  readonly #unsure = new Map<string, Change>();
  #agent: StoredAgent | undefined;

  constructor(me: RunRef, author: Author, ports: Pick<Ports, 'registry'>) {
    this.me = me;
    this.author = author;
    this.#ports = ports;
  }

  /** The slot's record while it names this run. */
  get agent(): StoredAgent | undefined {
    return this.#agent;
  }

  /**
   * Reads the slot's record at the leader: what this run holds, or how it ended.
   * @throws {Fault} `store-unavailable`
   */
  async check(): Promise<StoredAgent | OwnershipLost> {
    const read = readAgent(await this.#ports.registry.read(agentKey(this.me)));
    // A record of ours that somebody made unreadable is no longer ours: a new run takes the slot.
    if (read.kind !== 'stored') return { ended: 'absent' };
    if (read.record.run !== this.me.run) return { ended: 'superseded' };
    if (read.record.phase === 'expired') return { ended: 'expired' };
    // A commit of this run may have been acknowledged while the answer was on its way.
    if (!this.#agent || read.revision > this.#agent.revision) this.#agent = read;
    return this.#agent;
  }

  /**
   * Reads what stands under the slot's prefix, from a view that has passed the slot's own record.
   * @throws {Fault} `store-unavailable`
   */
  async list(): Promise<void> {
    const filters = [instancesOfAgentFilter(this.me), agentKey(this.me)];
    const entries = await this.#ports.registry.list(filters, this.#agent?.revision ?? 0);
    this.instances.clear();
    for (const entry of entries) if (entry.key !== agentKey(this.me)) this.#keep(entry);
    for (const [key, { head }] of this.#unsure) {
      // Nobody else removes what a live run owns: that it is gone means that the removal was stored.
      if (this.instances.get(key)?.kind !== 'stored') this.chainHeads.set(key, head);
    }
  }

  /** Commits these changes; instances are fenced on the slot's record, so a run that lost it writes nothing. */
  async commit(changes: readonly Change[]): Promise<CommitOutcome> {
    const writes = changes.map((change) => change.write);
    const slot = agentKey(this.me);
    const fenced = this.#agent && !writes.some((write) => write.key === slot);
    const outcome = await this.#ports.registry.commit({
      writes,
      events: changes.flatMap((change) => change.events),
      ...(fenced &&
        this.#agent && { fences: [{ key: slot, expectedRevision: this.#agent.revision }] }),
    });
    if (outcome.outcome === 'committed') this.#apply(changes, outcome.revisions);
    if (outcome.outcome === 'unknown') {
      this.hasUnknownCommit = true;
      for (const change of changes) {
        const { key, text } = change.write;
        if (text === undefined && this.#isMine(key)) this.#unsure.set(key, change);
      }
      // Whoever goes on from here lists anew, also where what sent this was told to stop meanwhile.
      this.instances.clear();
    }
    return outcome;
  }

  #apply(changes: readonly Change[], revisions: ReadonlyMap<string, Revision>): void {
    for (const { write, head } of changes) {
      const entry = { key: write.key, revision: revisions.get(write.key) ?? 0, text: write.text };
      if (write.key === agentKey(this.me)) {
        const read = readAgent(entry);
        this.#agent = read.kind === 'stored' ? read : undefined;
        this.hasUnknownCommit = false;
      } else {
        // What an earlier run owned is no chain of this run's.
        if (write.text !== undefined || this.#isMine(write.key))
          this.chainHeads.set(write.key, head);
        this.#unsure.delete(write.key);
        this.#keep(entry);
      }
    }
  }

  #isMine(key: string): boolean {
    const known = this.instances.get(key);
    return known?.kind === 'stored' && known.record.run === this.me.run;
  }

  #keep(entry: KeyValueEntry): void {
    const read = readInstance(entry);
    if (read.kind === 'absent' && read.revision === 0) this.instances.delete(entry.key);
    else this.instances.set(entry.key, read);
    if (read.kind === 'stored' && read.record.run === this.me.run) {
      this.chainHeads.set(entry.key, read.record);
    }
  }
}
