import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import { readObject } from '../../../domain/json.ts';
import { invalidRecord } from '../../../domain/records/record-validity.ts';
import type { RegistryProjection } from '../../../domain/replay/fold.ts';
import type { EventViolation } from './check-event.ts';

/** The field with the fencing token of a record, by its entity. */
const tokenFields: Readonly<Partial<Record<AuditEvent['of']['entity'], string>>> = {
  run: 'term',
  instance: 'token',
};

/**
 * Checks the record in an event by itself and against the record before it: its fields, and its term or
 * token. That number is 0 in the write that begins the chain, and the revision of that write in all later
 * ones. A writer that leaves it at 0 raises it with each write.
 */
export function recordViolations(
  { event, origin, hash }: AuditEntry,
  key: string | undefined,
  projection: Pick<RegistryProjection, 'recordBefore'>,
): readonly EventViolation[] {
  const { of, record } = event;
  if (record === null || key === undefined) return [];
  const why = invalidRecord(of.entity, { ...record, hash });
  if (why !== undefined) return [{ check: 'record', expected: 'a valid record', found: why }];
  const field = tokenFields[of.entity];
  if (field === undefined) return [];
  const expected = event.from === null ? 0 : expectedToken(field, key, origin, projection, of.run);
  const found = record[field];
  if (expected === undefined || found === expected) return [];
  const what =
    expected === 0
      ? '0: this write is the registration'
      : `${expected}: the revision of the registration`;
  return [{ check: 'record', expected: `${field} ${what}`, found: `${field} ${found}` }];
}

/** Undefined if the record before is not known, or has no valid token: then it was reported. */
function expectedToken(
  field: string,
  key: string,
  origin: number,
  projection: Pick<RegistryProjection, 'recordBefore'>,
  run: string,
): number | undefined {
  const before = projection.recordBefore(key, origin);
  if (before?.entry.text === undefined) return undefined;
  const record = readObject(before.entry.text);
  if (record?.['run'] !== run) return undefined;
  const token = record[field];
  if (typeof token !== 'number') return undefined;
  return before.isSameCommit ? token : token || before.entry.revision;
}
