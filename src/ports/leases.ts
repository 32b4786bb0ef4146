import type { KeyValueEntry } from '../domain/records/stored-record.ts';
import type { Millis, Revision } from '../domain/time.ts';
import type { WatchEvent } from './watch.ts';

/**
 * Keys with a TTL: the leases of runs and of collector seats.
 *
 * After a lost acknowledgement, each method reads the key at the leader to find the outcome: `text` names
 * the holder, and no two holders write the same text. If that read fails too, it throws {@link Fault}
 * `store-unavailable`; the write may or may not have been stored.
 */
export interface Leases {
  /** Creates a lease; `taken` if the key exists. `ttl` is whole seconds. */
  create(key: string, text: string, ttl: Millis): Promise<{ revision: Revision } | 'taken'>;

  /**
   * Renews the lease that was last written at `revision`.
   *
   * `lost` means that the lease lapsed or another process wrote the key: stop acting for this run
   * immediately (G3). The TTL starts when the server stores the entry, so the holder counts from before
   * the call. `ttl` is whole seconds.
   */
  renew(
    key: string,
    text: string,
    at: Revision,
    ttl: Millis,
  ): Promise<{ revision: Revision } | 'lost'>;

  /** Removes the lease, if its last write is still `revision`. */
  release(key: string, revision: Revision): Promise<'released' | 'lost'>;

  /** Reads the key at the leader; `text` is undefined if there is no lease. */
  read(key: string): Promise<KeyValueEntry>;

  /** The existing leases that match the filter, read from the leader. */
  list(filter: string): Promise<readonly KeyValueEntry[]>;

  /** Streams renewals. A lapse sends nothing, so the observer measures the silence itself. */
  watch(filters: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent>;
}
