import { mostLabels } from './record-budget.ts';
import { shortReason } from './schema-problems.ts';

/**
 * Most entries of an object or a list in a record or an event: as many as labels of an instance. A schema makes
 * an error of each wrong entry, so the entries are counted first.
 */
export const mostEntries = mostLabels;

/** Whether JSON of this length can have that many entries: each takes two characters at least. */
const canHaveTooMany = (text: string): boolean => text.length > 2 * mostEntries;

/** Why a value with too many entries, or a field with too many, is not read; undefined: it is read. */
export function tooManyEntries(value: unknown): string | undefined {
  if (hasMore(value)) return `value: more than ${mostEntries} entries`;
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const field in fields) {
    if (hasMore(fields[field])) return shortReason(`${field}: more than ${mostEntries} entries`);
  }
  return undefined;
}

/** As `tooManyEntries`, for a value that was read from this text. */
export const tooManyEntriesIn = (text: string, value: unknown): string | undefined =>
  canHaveTooMany(text) ? tooManyEntries(value) : undefined;

function hasMore(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.length > mostEntries;
  let entries = 0;
  for (const _ in value) {
    entries += 1;
    if (entries > mostEntries) return true;
  }
  return false;
}
