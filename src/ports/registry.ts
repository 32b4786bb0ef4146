import type { KeyValueEntry } from '../domain/records/stored-record.ts';
import type { Millis, Revision } from '../domain/time.ts';
import type { SnapshotReader, WatchEvent } from './watch.ts';

/** A compare-and-set write: stored only if the key's revision is `expectedRevision` (0: never existed). */
export interface Write {
  readonly key: string;
  readonly expectedRevision: Revision;
  /** undefined removes the record and leaves a tombstone with a TTL. */
  readonly text: string | undefined;
}

/** A precondition of a commit: this key's revision must be `expectedRevision`. The key is not written. */
export interface Fence {
  readonly key: string;
  readonly expectedRevision: Revision;
}

/** An event for the audit, under its own subject below the namespace. */
export interface EventWrite {
  readonly subject: string;
  readonly text: string;
}

/**
 * Writes and events that are stored atomically. At most 1000 messages: the writes plus the larger of
 * events and fences (an event carries a fence). No key occurs twice among writes and fences.
 */
export interface Commit {
  readonly writes: readonly Write[];
  readonly events: readonly EventWrite[];
  readonly fences?: readonly Fence[];
}

export type CommitOutcome =
  /** Stored, with the new revision of each written key. */
  | { readonly outcome: 'committed'; readonly revisions: ReadonlyMap<string, Revision> }
  /** Nothing was stored: a record or a fence has another revision. Read and judge again. */
  | { readonly outcome: 'conflict' }
  /** Nothing was stored, because the store is unavailable. Retry the same commit later. */
  | { readonly outcome: 'unavailable'; readonly why: string }
  /** Stored, not stored, or stored later. Read the record and continue from its state. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** How long a commit waits for its answer. */
export interface CommitWait {
  /** Time limit of the answer to what was sent, while the connection holds. Default: that of every request. */
  readonly within?: Millis;
  /** Ends the wait. What was sent by then is `unknown`. */
  readonly signal?: AbortSignal | undefined;
}

/** A map of records with compare-and-set and atomic commits over several keys and their events. */
export interface Registry {
  /**
   * Reads the key at the leader. After a removal, `text` is undefined and `revision` is the tombstone's.
   * @throws {Fault} `store-unavailable`
   */
  read(key: string): Promise<KeyValueEntry>;

  /**
   * All entries that match the filters, from a replica that has applied revision `atLeast`. A tombstone
   * is an entry without text; a create at this key must expect its revision. The entry of a key that a filter
   * names is not newer than what the other filters match.
   *
   * A user who may only read single keys gets those of `known`, each as it is at the leader. Without
   * `known`, such a user is refused.
   * @throws {Fault} `store-unavailable`
   */
  list(
    filters: readonly string[],
    atLeast: Revision,
    known?: readonly string[],
  ): Promise<readonly KeyValueEntry[]>;

  commit(commit: Commit, wait?: CommitWait): Promise<CommitOutcome>;

  /**
   * Streams changes until `signal` aborts. Never throws: without an answer it yields `stale`. It may hand the entries
   * of snapshots to `reader` instead of yielding them.
   */
  watch(
    filters: readonly string[],
    signal: AbortSignal,
    reader?: SnapshotReader,
  ): AsyncIterable<WatchEvent>;
}
