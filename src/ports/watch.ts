import type { KeyValueEntry } from '../domain/records/stored-record.ts';
import type { Revision } from '../domain/time.ts';

/**
 * What a supervised watch says, in this order: `snapshot`, then `changes` and `alive`; after `stale`
 * either goes on with `changes` (nothing was missed) or starts over with a `snapshot`.
 */
export type WatchEvent =
  /** All that is there, replacing whatever was known. Tombstones are left out. */
  | {
      readonly kind: 'snapshot';
      readonly entries: readonly KeyValueEntry[];
      readonly upTo: Revision;
    }
  /**
   * What changed, in the order of revisions; a removal is an entry without text. `upTo`: every
   * change of the watched keys up to here has been said. A commit may come in parts: what it wrote
   * last is then still to come. A key that merely lapsed (a lease) says nothing.
   */
  | {
      readonly kind: 'changes';
      readonly entries: readonly KeyValueEntry[];
      readonly upTo: Revision;
    }
  /** Nothing new, and the server says so: the view is as fresh as this moment. */
  | { readonly kind: 'heartbeat' }
  /** The server has not been heard for a while: what is known may be old. */
  | { readonly kind: 'stale'; readonly why: string };
