import type { KeyValueEntry } from '../domain/records/stored-record.ts';
import type { Millis, Revision } from '../domain/time.ts';
import type { WatchEvent } from './watch.ts';

/**
 * Keys that lapse by themselves: runs and seats.
 *
 * A lost acknowledgement is resolved inside, by reading the key at the leader: `text` names its
 * holder, and no two holders ever write the same text. Each method throws {@link Fault}
 * `store-unavailable` when even that gives no answer; the write may or may not have been stored.
 */
export interface Leases {
  /** Takes a key that nobody holds. */
  create(key: string, text: string, ttl: Millis): Promise<{ revision: Revision } | 'taken'>;

  /**
   * Renews the lease, or finds out that it is no longer ours.
   *
   * `lost` means that it lapsed or that another write came between: stop acting for this run at once
   * (G3). The TTL starts when the server stores the entry, so the holder must count from before the
   * call. `ttl` is whole seconds.
   */
  renew(
    key: string,
    text: string,
    at: Revision,
    ttl: Millis,
  ): Promise<{ revision: Revision } | 'lost'>;

  /** Gives the lease back, if it still is at this revision. */
  release(key: string, at: Revision): Promise<'released' | 'lost'>;

  /** The key at the leader; `text` is undefined where nobody holds it. */
  read(key: string): Promise<KeyValueEntry>;

  /** The keys below a filter that stand now, from the leader, each with its revision. */
  list(filter: string): Promise<readonly KeyValueEntry[]>;

  /** Renewals as they come. A key that lapses says nothing: silence is the observer's to count. */
  watch(filters: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent>;
}
