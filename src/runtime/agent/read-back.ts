import { Fault } from '../../domain/fault.ts';
import { recordLimits } from '../../domain/records/record-budget.ts';
import type { InstanceRecord } from '../../domain/records/schemas.ts';
import { type RecordRead, readInstance } from '../../domain/records/stored-record.ts';
import type { Write } from '../../ports/registry.ts';

/**
 * Reads a record as every reader will. One that this version cannot read would look as if another program had
 * written it, and is not written.
 */
export function readBack({ key, text }: Write): RecordRead<InstanceRecord> {
  const { record: most } = recordLimits;
  if (text !== undefined && text.length > most) {
    const what = `${key} would have ${text.length} characters, and a record may have at most ${most}`;
    throw new Fault('record-too-large', what, { hint: 'shorten its labels' });
  }
  const read = readInstance({ key, revision: 0, text });
  if (read.kind !== 'unreadable') return read;
  throw new Fault(
    'record-unreadable',
    `the record ${key} would be unreadable and is not written: ${read.why}`,
  );
}
