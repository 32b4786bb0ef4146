import type { RunId } from '../../domain/identity/names.ts';
import { type DesiredInstance, isUpToDate } from '../../domain/records/desired-instances.ts';
import { tokenOf } from '../../domain/records/stored-record.ts';
import type { Revision } from '../../domain/time.ts';
import type { OwnedRecords } from './owned-records.ts';

/**
 * What the registry has of an instance: its registration; `removed`; `too-large`: the store does not take
 * it; `pending`: none of them yet.
 */
export type SettledInstance =
  | { readonly run: RunId; readonly token: Revision }
  | 'removed'
  | 'too-large'
  | 'pending';

/** Whether the registry has an instance as it is desired; undefined: it is not desired. */
export function settledInstance(
  records: OwnedRecords,
  key: string,
  wanted: DesiredInstance | undefined,
): SettledInstance {
  const read = records.instances.get(key);
  if (!wanted) return records.agent && read?.kind !== 'stored' ? 'removed' : 'pending';
  if (records.isPutAside(wanted)) return 'too-large';
  const { run } = records.self;
  if (read?.kind !== 'stored' || !isUpToDate(run, read, wanted)) return 'pending';
  return { run, token: tokenOf(read) };
}

/** Waits for changes of the stored instances. */
export class RecordChanges {
  #next = Promise.withResolvers<void>();

  notify(): void {
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /** Looks now and after each change, until the result is not `pending` or the signal aborts. */
  async settle(look: () => SettledInstance, signal: AbortSignal): Promise<SettledInstance> {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    let seen = look();
    while (seen === 'pending' && !signal.aborted) {
      await Promise.race([this.#next.promise, promise]);
      seen = look();
    }
    return seen;
  }
}
