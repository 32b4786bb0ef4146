import type { KeyValueEntry } from '../domain/records/stored-record.ts';
import type { Revision, WallTime } from '../domain/time.ts';

/**
 * Receives the entries of a snapshot as they arrive, so that not all of their texts are in memory at the same time.
 * A store that uses it yields the snapshot without entries; another one yields them with the snapshot.
 */
export interface SnapshotReader {
  /** A snapshot begins. What arrived of an earlier one is void, unless its event was yielded. */
  begin(): void;
  /** More of it, in the order of revisions; a tombstone is an entry without text, and removes the key. */
  take(entries: readonly KeyValueEntry[]): void;
}

/**
 * An event of a supervised watch. The order is `snapshot`, then `changes` and `heartbeat`. After `stale`
 * the watch resumes with `changes` (nothing was missed) or restarts with a `snapshot`.
 *
 * It resumes only if the store still has the history that this watch has reported; otherwise, and every
 * few minutes in any case, a `snapshot` replaces the view.
 */
export type WatchEvent =
  /** The complete contents, without tombstones. Replaces all earlier contents. */
  | {
      readonly kind: 'snapshot';
      readonly entries: readonly KeyValueEntry[];
      readonly upTo: Revision;
      /** Why the watch starts over. The first snapshot has none. */
      readonly why?: string;
      /** The tombstones; they tell a removal that the view had not reached yet from an entry that it missed. */
      readonly removals?: readonly KeyValueEntry[];
    }
  /**
   * Changes in the order of revisions; a removal is an entry without text. All changes of the watched
   * keys up to `upTo` have been delivered. A commit may arrive in parts, its last writes later. A lease
   * that lapses sends nothing.
   */
  | {
      readonly kind: 'changes';
      readonly entries: readonly KeyValueEntry[];
      readonly upTo: Revision;
      /** When the last of the entries was stored, by the server's clock. Absent without entries. */
      readonly storedAt?: WallTime;
    }
  /** No new data, confirmed by the server: the view is current. */
  | { readonly kind: 'heartbeat' }
  /** No message from the server for a while: the view may be outdated. */
  | { readonly kind: 'stale'; readonly why: string };
