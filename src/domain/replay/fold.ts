import type { AuditEntry } from '../events/audit-entry.ts';
import type { AuditEvent } from '../events/event-schema.ts';
import {
  agentKey,
  brakeKey,
  drainKey,
  holdKey,
  instanceKey,
  policyKey,
} from '../identity/registry-keys.ts';
import type { KeyValueEntry } from '../records/stored-record.ts';
import type { Revision } from '../time.ts';

/** The record that an event wrote, with its key. */
export interface RecordUpdate {
  readonly run: string;
  /** Audit sequence of the event. */
  readonly seq: Revision;
  readonly entry: KeyValueEntry & { readonly text: string };
}

/** The part of a commit that has been read. */
export interface CommitProgress {
  /** The revisions of the first and the last event. */
  readonly first: Revision;
  readonly last: Revision;
  /** The written keys in order, and for each whether this commit stored a record (not a removal). */
  readonly keys: readonly (readonly [string, boolean])[];
}

interface Commit {
  first: Revision;
  last: Revision;
  readonly keys: Map<string, boolean>;
}

/**
 * The registry's contents, projected from the events (G8). Never throws, for any events in any order.
 *
 * An event does not contain the revision of its record. But a commit stores its writes and directly after
 * them its events, in the same order, and at least one write separates two commits. So events with
 * consecutive revisions belong to one commit, and its writes have the revisions directly before them.
 */
export class RegistryProjection {
  readonly #records = new Map<string, RecordUpdate>();
  #commit: Commit = { first: 0, last: 0, keys: new Map() };
  #hasPendingRevisions = false;
  /** Whether the first commit may have begun before the first event that is read. */
  #isFirstPartial = false;
  /** Records up to this revision have a revision that may be wrong. */
  #unsureUntil: Revision = 0;

  /** The current records by key. */
  get records(): ReadonlyMap<string, RecordUpdate> {
    this.#assignRevisions();
    return this.#records;
  }

  /** Run and event of a key's current record, without resolving its revision. */
  updateOf(key: string): Pick<RecordUpdate, 'run' | 'seq'> | undefined {
    return this.#records.get(key);
  }

  /** The history begins here: the revisions of its first commit, or up to `until`, may be wrong. */
  beginTrimmed(until?: Revision): void {
    this.#isFirstPartial = until === undefined;
    this.#unsureUntil = until ?? 0;
  }

  /**
   * The record of a key before the event at `origin`. `isSameCommit`: an earlier event of the same commit
   * wrote it, so its revision is not known yet. Undefined if there is none, or its revision may be wrong.
   */
  recordBefore(
    key: string,
    origin: Revision,
  ): { readonly entry: KeyValueEntry; readonly isSameCommit: boolean } | undefined {
    const isSameCommit = origin === this.#commit.last + 1 && this.#commit.keys.has(key);
    if (origin !== this.#commit.last + 1) this.#endCommit();
    const update = this.#records.get(key);
    if (!update || (!isSameCommit && update.entry.revision <= this.#unsureUntil)) return undefined;
    return { entry: update.entry, isSameCommit };
  }

  /** The last commit, needed to continue the projection later. */
  get commit(): CommitProgress {
    return { ...this.#commit, keys: [...this.#commit.keys] };
  }

  /** Continues from an earlier projection. */
  static from(records: Iterable<RecordUpdate>, commit?: CommitProgress): RegistryProjection {
    const projection = new RegistryProjection();
    for (const update of records) projection.#records.set(update.entry.key, update);
    if (commit) projection.#commit = { ...commit, keys: new Map(commit.keys) };
    return projection;
  }

  /**
   * Applies one event and returns the changed entry; `undefined` if it changes no record. The entry has the
   * event's revision, which orders like the record's.
   */
  take({ event, hash, origin, seq, storedAt }: AuditEntry): KeyValueEntry | undefined {
    const key = registryKeyOf(event);
    if (key === undefined) return undefined;
    if (origin !== this.#commit.last + 1) this.#begin(origin);
    this.#commit.last = origin;
    const entry = this.#change(key, event, { hash, origin, seq, storedAt });
    this.#commit.keys.set(key, entry?.text !== undefined);
    return entry;
  }

  #change(
    key: string,
    { of: { run }, record }: AuditEvent,
    { hash, origin, seq, storedAt }: Pick<AuditEntry, 'hash' | 'origin' | 'seq' | 'storedAt'>,
  ): KeyValueEntry | undefined {
    if (record !== null) {
      const text = JSON.stringify({ ...record, hash });
      const entry = { key, revision: origin, text };
      this.#records.set(key, { run, seq, entry });
      this.#hasPendingRevisions = true;
      return entry;
    }
    // A final event removes the record, unless another run has adopted it.
    if (this.#records.get(key)?.run !== run) return undefined;
    this.#records.delete(key);
    return { key, revision: origin, text: undefined, removedAt: storedAt };
  }

  #begin(origin: Revision): void {
    this.#endCommit();
    this.#commit = { first: origin, last: origin, keys: new Map() };
  }

  #endCommit(): void {
    this.#assignRevisions();
    if (this.#isFirstPartial && this.#commit.last > 0) {
      this.#unsureUntil = this.#commit.last;
      this.#isFirstPartial = false;
    }
  }

  /** Sets the records of the last commit to the revisions of its writes. */
  #assignRevisions(): void {
    if (!this.#hasPendingRevisions) return;
    this.#hasPendingRevisions = false;
    let revision = this.#commit.first - this.#commit.keys.size;
    for (const [key, isStored] of this.#commit.keys) {
      const update = this.#records.get(key);
      if (isStored && update)
        this.#records.set(key, { ...update, entry: { ...update.entry, revision } });
      revision += 1;
    }
  }
}

/** The registry key of an event's entity; undefined for processes, which have no record. */
export function registryKeyOf({ of }: AuditEvent): string | undefined {
  switch (of.entity) {
    case 'run':
      return agentKey(of);
    case 'instance':
      return instanceKey(of);
    case 'hold':
      return holdKey(of.host, of.agent);
    case 'drain':
      return drainKey(of.target);
    case 'brake':
      return brakeKey(of.zone);
    case 'policy':
      return policyKey;
    case 'session':
    case 'collector':
    case 'store':
      return undefined;
    default:
      return of satisfies never;
  }
}
