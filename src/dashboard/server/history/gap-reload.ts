import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import { needsOperator } from '../../../domain/store-history/store-loss.ts';
import type { Revision } from '../../../domain/time.ts';
import type { History, StoredEvent } from '../../../ports/audit.ts';
import { signatureOf } from '../../../runtime/audit/keyframes/signed-keyframes.ts';
import { readRecordedLosses } from '../../../runtime/audit/verifier/recorded-losses.ts';

const noHash = () => '';

/**
 * The last event before the latest recorded gap of the audit; undefined: it lost no events.
 * @throws {Fault} `store-unavailable`
 */
export async function lastGap(history: Pick<History, 'read'>): Promise<Revision | undefined> {
  return (await readRecordedLosses(history, noHash)).findLast(needsOperator)?.seq;
}

/**
 * Tells when a history must be loaded again behind a gap: what the lost events changed is not known from
 * events, and the first keyframe that is signed after the gap has it.
 */
export class GapReload {
  readonly #history: Pick<History, 'read'>;
  /** The keyframes for which it was loaded again: once each, as one may be unreadable. */
  readonly #loaded = new Set<Revision>();
  #gap: Revision | undefined;

  constructor(history: Pick<History, 'read'>) {
    this.#history = history;
  }

  /** Whether this event is such a signature. @throws {Fault} `store-unavailable` */
  async isDue(stored: StoredEvent): Promise<boolean> {
    if (stored.subject.startsWith('=fleet.=store.')) this.#gap = await lastGap(this.#history);
    if (this.#gap === undefined || !stored.subject.includes('.collector.')) return false;
    const signature = signatureOf(parseAuditEvent(stored, noHash), () => true, noHash);
    if (!signature || signature.keyframe <= this.#gap || this.#loaded.has(signature.keyframe))
      return false;
    this.#loaded.add(signature.keyframe);
    this.#gap = undefined;
    return true;
  }
}
