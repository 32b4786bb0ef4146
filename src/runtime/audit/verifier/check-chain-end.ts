import { describeChain } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import type { RunId } from '../../../domain/identity/names.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { RecordUpdate } from '../../../domain/replay/fold.ts';
import type { Revision } from '../../../domain/time.ts';

/**
 * Every chain ends, or has a record: a run that takes the record of another run first ends that
 * run's chain, in the same commit. Without that end, the record was removed or made unreadable
 * without an event.
 *
 * `previous`: the record before this event.
 */
export function checkEnd(
  { of, record, event }: AuditEvent,
  seq: Revision,
  previous: Pick<RecordUpdate, 'run' | 'seq'> | undefined,
): Divergence | undefined {
  if (record === null || previous === undefined || previous.run === of.run) return undefined;
  return {
    seq: previous.seq,
    entity: describeChain({ ...of, run: previous.run as RunId }),
    check: 'end',
    expected: 'an end, or its record',
    found: `neither: event ${seq}, '${event.type}', put run ${of.run} in its place`,
  };
}
