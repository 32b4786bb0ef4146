import type { KeyValueEntry } from '../domain/records/stored-record.ts';
import type { Revision } from '../domain/time.ts';
import type { WatchEvent } from './watch.ts';

/** One record's change: stored only if the key's last revision is still `expect` (0: never there). */
export interface Write {
  readonly key: string;
  readonly expectedRevision: Revision;
  /** undefined removes it, leaving a tombstone that lapses by itself. */
  readonly text: string | undefined;
}

/** Nothing of the commit is stored unless this key's last revision is `expect`; it is not written. */
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
 * What is stored together or not at all. At most 1000 messages: the writes, and events or fences,
 * whichever are more (an event carries a fence). No key twice among writes and fences.
 */
export interface Commit {
  readonly writes: readonly Write[];
  readonly events: readonly EventWrite[];
  readonly fences?: readonly Fence[];
}

export type CommitOutcome =
  /** Stored; the revision of each key written. */
  | { readonly outcome: 'committed'; readonly revisions: ReadonlyMap<string, Revision> }
  /** Nothing was stored: a record or a fence is not at its revision. Read again, judge again. */
  | { readonly outcome: 'conflict' }
  /** Nothing was stored, for no fault of the commit: the same commit may be tried later. */
  | { readonly outcome: 'unavailable'; readonly why: string }
  /** Stored or not, or still to be stored: read the record and step again from what is there. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** A compare-and-set map of records with an atomic commit over several keys, and their events. */
export interface Registry {
  /**
   * The key at the leader; after a removal `text` is undefined and `revision` is the tombstone's.
   * @throws {Fault} `store-unavailable`
   */
  read(key: string): Promise<KeyValueEntry>;

  /**
   * All that stands below the filters, from a view that has passed `atLeast`. A tombstone is an entry
   * without text: whoever creates over it must expect its revision.
   * @throws {Fault} `store-unavailable`
   */
  list(filters: readonly string[], atLeast: Revision): Promise<readonly KeyValueEntry[]>;

  commit(commit: Commit): Promise<CommitOutcome>;

  /** Ends when `signal` is aborted; never throws: a store that does not answer is `stale`. */
  watch(filters: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent>;
}
