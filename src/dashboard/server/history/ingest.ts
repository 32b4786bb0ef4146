import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import type { Revision } from '../../../domain/time.ts';
import type { StoredEvent } from '../../../ports/audit.ts';
import type { HistoryIndex } from './history-index.ts';
import { toRow } from './to-row.ts';

/** The index does not verify chains: hashing would be most of the work. */
const noHash = () => '';

/** Adds one stored event to the index. A message that is not a readable event becomes a gap (G12). */
export function ingest(index: HistoryIndex, stored: StoredEvent): void {
  if (stored.seq <= index.last) return;
  const read = parseAuditEvent(stored, noHash);
  if (read.kind === 'event') index.append(read.seq, read.storedAt, toRow(read.event));
  else index.skip(read.seq, read.storedAt, read.why);
}

/** Wakes the waiting readers when there are new events. */
export class Notifier {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Resolves at the next `ring` or when the signal aborts. */
  rung(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    const wake = () => {
      signal.removeEventListener('abort', wake);
      this.#waiting.delete(wake);
      resolve();
    };
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    return promise;
  }
}

/** Reports how much of a history has been read while it is opened. */
export type IngestProgress = (done: Revision, of: Revision) => void;
