import { Fault } from '../../domain/fault.ts';
import { isInstanceKey } from '../../domain/identity/registry-keys.ts';
import { tooManyEntriesIn } from '../../domain/records/entry-count.ts';
import { recordLimits } from '../../domain/records/record-budget.ts';
import { isPlainInstance } from '../../domain/records/record-validity.ts';
import type { InstanceRecord } from '../../domain/records/schemas.ts';
import { type RecordRead, readInstance } from '../../domain/records/stored-record.ts';
import type { SealedChange } from '../transitions/seal-changes.ts';

/**
 * What every reader will make of a record. One that this version cannot read would look as if another program had
 * written it, and is not written.
 */
export function readBack({
  write: { key, text },
  record,
}: Pick<SealedChange, 'write' | 'record'>): RecordRead<InstanceRecord> {
  const { record: most } = recordLimits;
  if (text !== undefined && text.length > most) {
    const what = `${key} would have ${text.length} characters, and a record may have at most ${most}`;
    throw new Fault('record-too-large', what, { hint: 'shorten its labels' });
  }
  // A reader of the text gets an equal record. To read it here would take as long as to sign its event.
  if (text !== undefined && record !== undefined && isReadable(key, text, record)) {
    return { kind: 'stored', key, revision: 0, record };
  }
  const read = readInstance({ key, revision: 0, text });
  if (read.kind !== 'unreadable') return read;
  throw new Fault(
    'record-unreadable',
    `the record ${key} would be unreadable and is not written: ${read.why}`,
  );
}

/** Whether it certainly is; false means unknown. */
const isReadable = (key: string, text: string, record: object): record is InstanceRecord =>
  isPlainInstance(record) &&
  isInstanceKey(key, record) &&
  tooManyEntriesIn(text, record) === undefined;
