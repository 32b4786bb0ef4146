import type { z } from 'zod';
import { tooManyEntries } from './entry-count.ts';
import { formatParseError } from './schema-problems.ts';
import {
  AgentRecord,
  BrakeRecord,
  DrainRecord,
  HoldRecord,
  InstanceRecord,
  PolicyRecord,
  recordVersion,
} from './schemas.ts';

const schemas: Readonly<Record<string, z.ZodType>> = {
  run: AgentRecord,
  instance: InstanceRecord,
  hold: HoldRecord,
  drain: DrainRecord,
  brake: BrakeRecord,
  policy: PolicyRecord,
};

type Fields = Readonly<Record<string, unknown>>;

/** Why a record of this entity cannot be read; undefined if it can. */
export function invalidRecord(entity: string, record: Fields): string | undefined {
  // A history has mostly simple records of instances. Checking one here takes a tenth of the time.
  if (entity === 'instance' && isSimpleInstance(record)) return undefined;
  const why = tooManyEntries(record);
  if (why !== undefined) return why;
  const read = schemas[entity]?.safeParse(record);
  return read === undefined || read.success ? undefined : formatParseError(read.error);
}

/** Printable ASCII has no control characters, and 341 characters have at most 1024 bytes. */
const plainName = /^[ -~]{1,341}$/;

const matches = (value: unknown, pattern: RegExp): boolean =>
  typeof value === 'string' && pattern.test(value);
const isName = (value: unknown): boolean => matches(value, plainName);
const isCount = (value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && !Object.is(value, -0);
const isText = (value: unknown): boolean => typeof value === 'string';

/** Whether it is certainly valid; false means unknown. A property test compares it with the schema. */
export const isSimpleInstance = (record: Fields): boolean =>
  !Object.hasOwn(record, '__proto__') &&
  record['v'] === recordVersion &&
  isName(record['host']) &&
  isName(record['agent']) &&
  matches(record['run'], /^[0-9a-z]{8,64}$/) &&
  isName(record['service']) &&
  isName(record['id']) &&
  isCount(record['token']) &&
  (record['state'] === 'serving' ||
    record['state'] === 'failing' ||
    record['state'] === 'draining') &&
  (record['address'] === undefined || isText(record['address'])) &&
  (record['port'] === undefined || (isCount(record['port']) && Number(record['port']) <= 65535)) &&
  (record['detail'] === undefined || isText(record['detail'])) &&
  isLabels(record['labels']) &&
  isCount(record['registeredAt']) &&
  isCount(record['since']) &&
  isCount(record['n']) &&
  Number(record['n']) > 0 &&
  matches(record['hash'], /^[0-9a-f]{64}$/);

/** All fields of an instance that this version writes. */
const instanceFields: ReadonlySet<string> = new Set(
  `v host agent run service id address port labels token state registeredAt since n detail hash`.split(
    ' ',
  ),
);

/**
 * Whether a record in memory is certainly valid, and equal after it was written as JSON and read again; false means
 * unknown. A property test compares it with reading.
 */
export function isPlainInstance(record: object): record is InstanceRecord {
  const fields = record as Fields;
  for (const field in fields) {
    if (!instanceFields.has(field) || fields[field] === undefined) return false;
  }
  return isSimpleInstance(fields) && Object.getPrototypeOf(fields['labels']) === Object.prototype;
}

const isLabels = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !Object.hasOwn(value, '__proto__') &&
  Object.values(value).every(isText);
