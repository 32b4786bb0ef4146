import { describeChain } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import type { RunId } from '../../../domain/identity/names.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { RecordUpdate } from '../../../domain/replay/fold.ts';
import type { Revision } from '../../../domain/time.ts';

/**
 * Every chain ends, or has a record: whoever takes a record from another run ends that one's chain in
 * the same commit, and first. Where that is missing, the record was removed, or made unreadable, behind
 * the audit's back.
 *
 * `standing`: what the events until now made of the record.
 */
export function checkEnd(
  { of, record, event }: AuditEvent,
  seq: Revision,
  standing: Pick<RecordUpdate, 'run' | 'seq'> | undefined,
): Divergence | undefined {
  if (record === null || standing === undefined || standing.run === of.run) return undefined;
  return {
    seq: standing.seq,
    entity: describeChain({ ...of, run: standing.run as RunId }),
    check: 'end',
    expected: 'an end, or its record',
    found: `neither: event ${seq}, '${event.type}', put run ${of.run} in its place`,
  };
}
