import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import type { Revision } from '../../../domain/time.ts';
import type { StoredEvent } from '../../../ports/audit.ts';
import type { HistoryIndex } from './history-index.ts';
import { toRow } from './to-row.ts';

/** Nobody verifies here: hashing would be most of the work. */
const noHash = () => '';

/** Takes one event as it is stored into the index; whatever is no event leaves a gap (G12). */
export function ingest(index: HistoryIndex, stored: StoredEvent): void {
  if (stored.seq <= index.last) return;
  const read = parseAuditEvent(stored, noHash);
  if (read.kind === 'event') index.append(read.seq, read.storedAt, toRow(read.event));
  else index.skip(read.seq, read.storedAt, read.why);
}

/** Somebody who wants to know that there is more. */
export class Notifier {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Resolves at the next ring, or once the signal is aborted. */
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

/** How far a history was read when it was opened, for whoever waits. */
export type Progress = (done: Revision, of: Revision) => void;
