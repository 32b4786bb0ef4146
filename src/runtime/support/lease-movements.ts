import { unmovedAfter } from '../../domain/policy/lease-policy.ts';
import type { KeyValueEntry } from '../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * Which leases move, for an observer that reads them from time to time. A revision that two reads show was not
 * renewed between them.
 */
export class LeaseMovements {
  readonly #clock: Clock;
  readonly #firstRead = new Map<string, { revision: Revision; at: MonotonicTime }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Records what was read: all leases that exist. The others are forgotten. `ages`: whether an entry that is read for the
   * first time counts from when the server stored it. Only for who decides nothing by it, because the clock of the server
   * may step.
   */
  record(entries: readonly KeyValueEntry[], ages: 'used' | 'ignored' = 'ignored'): void {
    const keys = new Set(entries.map(({ key }) => key));
    for (const key of this.#firstRead.keys()) if (!keys.has(key)) this.#firstRead.delete(key);
    for (const { key, revision, age = 0 } of entries) {
      if (this.#firstRead.get(key)?.revision === revision) continue;
      const at = this.#clock.monotonic() - (ages === 'used' ? age : 0);
      this.#firstRead.set(key, { revision, at });
    }
  }

  /**
   * Whether the lease, as it was read last, has not moved for {@link unmovedAfter}. `asked`: when that read began, if this
   * process may have stood still since: the answer tells nothing about the time after it.
   */
  isUnmoved(
    { key }: Pick<KeyValueEntry, 'key'>,
    ttl: Millis,
    asked: MonotonicTime = this.#clock.monotonic(),
  ): boolean {
    const read = this.#firstRead.get(key);
    return read !== undefined && asked - read.at >= unmovedAfter(ttl);
  }
}
