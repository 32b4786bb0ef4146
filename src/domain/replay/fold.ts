import type { AuditEntry } from '../events/audit-entry.ts';
import type { AuditEvent } from '../events/event-schema.ts';
import { agentKey, brakeKey, holdKey, instanceKey, policyKey } from '../identity/registry-keys.ts';
import type { KeyValueEntry } from '../records/stored-record.ts';
import type { Revision } from '../time.ts';

/** What an event made of the registry: the key, and the record's text. */
export interface RecordUpdate {
  readonly run: string;
  /** The event's place in the audit. */
  readonly seq: Revision;
  readonly entry: KeyValueEntry & { readonly text: string };
}

/** The events that were stored together, as far as they were read. */
export interface CommitProgress {
  /** The revisions of the first and the last event. */
  readonly first: Revision;
  readonly last: Revision;
  /** The keys that were written, in their order; whether the record that stands is of this commit. */
  readonly keys: readonly (readonly [string, boolean])[];
}

interface Commit {
  first: Revision;
  last: Revision;
  readonly keys: Map<string, boolean>;
}

/**
 * The registry as the events make it (G8).
 *
 * Total: whatever it is given, in whatever order, it does not throw.
 *
 * An event does not say at which revision its record was stored. But a commit stores its writes and
 * right after them its events, in the same order, and a write stands between any two commits: events
 * without a gap between their revisions are of one commit, and what it wrote stands right before them.
 */
export class RegistryProjection {
  readonly #records = new Map<string, RecordUpdate>();
  #commit: Commit = { first: 0, last: 0, keys: new Map() };
  #unplaced = false;

  /** The records that stand, by key. */
  get records(): ReadonlyMap<string, RecordUpdate> {
    this.#place();
    return this.#records;
  }

  /** What stands under a key, whatever its revision. */
  updateOf(key: string): Pick<RecordUpdate, 'run' | 'seq'> | undefined {
    return this.#records.get(key);
  }

  /** The last commit, to go on from. */
  get commit(): CommitProgress {
    return { ...this.#commit, keys: [...this.#commit.keys] };
  }

  /** Starts from records that were folded before. */
  static from(records: Iterable<RecordUpdate>, commit?: CommitProgress): RegistryProjection {
    const fold = new RegistryProjection();
    for (const one of records) fold.#records.set(one.entry.key, one);
    if (commit) fold.#commit = { ...commit, keys: new Map(commit.keys) };
    return fold;
  }

  /**
   * Takes one event in; returns what it changed, `undefined` for an event that changes no record. The
   * revision of what it returns is the event's own, which orders as the record's does.
   */
  take({ event, hash, origin, seq }: AuditEntry): KeyValueEntry | undefined {
    const key = registryKeyOf(event);
    if (key === undefined) return undefined;
    if (origin !== this.#commit.last + 1) this.#begin(origin);
    this.#commit.last = origin;
    const entry = this.#change(key, event, { hash, origin, seq });
    this.#commit.keys.set(key, entry?.text !== undefined);
    return entry;
  }

  #change(
    key: string,
    { of: { run }, record }: AuditEvent,
    { hash, origin, seq }: Pick<AuditEntry, 'hash' | 'origin' | 'seq'>,
  ): KeyValueEntry | undefined {
    if (record !== null) {
      const text = JSON.stringify({ ...record, hash });
      const entry = { key, revision: origin, text };
      this.#records.set(key, { run, seq, entry });
      this.#unplaced = true;
      return entry;
    }
    // The end of a chain removes its record, unless another run has taken it over by then.
    if (this.#records.get(key)?.run !== run) return undefined;
    this.#records.delete(key);
    return { key, revision: origin, text: undefined };
  }

  #begin(origin: Revision): void {
    this.#place();
    this.#commit = { first: origin, last: origin, keys: new Map() };
  }

  /** Gives the records of the last commit the revisions of its writes. */
  #place(): void {
    if (!this.#unplaced) return;
    this.#unplaced = false;
    let revision = this.#commit.first - this.#commit.keys.size;
    for (const [key, stands] of this.#commit.keys) {
      const folded = this.#records.get(key);
      if (stands && folded)
        this.#records.set(key, { ...folded, entry: { ...folded.entry, revision } });
      revision += 1;
    }
  }
}

/** The registry key that an event's entity has; a process has none. */
export function registryKeyOf({ of }: AuditEvent): string | undefined {
  switch (of.entity) {
    case 'run':
      return agentKey(of);
    case 'instance':
      return instanceKey(of);
    case 'hold':
      return holdKey(of.host, of.agent);
    case 'brake':
      return brakeKey(of.zone);
    case 'policy':
      return policyKey;
    case 'session':
    case 'collector':
      return undefined;
    default:
      return of satisfies never;
  }
}
