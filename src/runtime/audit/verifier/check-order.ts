import type { AuditEntry, UnreadableEvent } from '../../../domain/events/audit-entry.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { Revision } from '../../../domain/time.ts';

/** Whether an event comes right after the last one, apart from repeated copies, and was written later. */
export function orderDivergences(
  { seq, origin, subject: entity, copiesBefore = 0 }: AuditEntry | UnreadableEvent,
  last: { readonly seq: Revision; readonly origin: Revision },
): readonly Divergence[] {
  const found: Divergence[] = [];
  const next = last.seq + 1 + copiesBefore;
  if (last.seq > 0 && seq > next) {
    const expected = `sequence ${next}`;
    found.push({ seq, entity, check: 'stream', expected, found: `sequence ${seq}` });
  }
  if (seq <= last.seq || origin <= last.origin) {
    const expected = `after sequence ${last.seq}, revision ${last.origin}`;
    const position = `sequence ${seq}, revision ${origin}`;
    found.push({ seq, entity, check: 'order', expected, found: position });
  }
  return found;
}
