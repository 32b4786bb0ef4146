import type { Check, Divergence } from './divergence.ts';
import type { RecordUpdate } from './fold.ts';

/**
 * Compares a record with the projection of the events; undefined if they are equal.
 *
 * `found` is the record's text; undefined if the record is absent or removed.
 */
export function compareRecord(
  check: Check,
  key: string,
  update: RecordUpdate | undefined,
  found: string | undefined,
): Divergence | undefined {
  const expected = update?.entry.text;
  if (sameRecord(expected, found)) return undefined;
  return {
    seq: update?.seq ?? 0,
    entity: key,
    check,
    expected: headOf(expected),
    found: headOf(found),
  };
}

/** Whether two records are equal as JSON, in any order of fields. */
export function sameRecord(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  try {
    return sameJson(JSON.parse(a), JSON.parse(b));
  } catch {
    return false;
  }
}

/** Whether two JSON values are equal, in any order of fields. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Object.is(a, b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  if (left.size !== right.size) return false;
  for (const [field, value] of left) {
    if (!right.has(field) || !sameJson(value, right.get(field))) return false;
  }
  return true;
}

/** A short description of a record: the head of its chain, or its first characters if unreadable. */
function headOf(text: string | undefined): string {
  if (text === undefined) return 'no record';
  try {
    const { n, hash, run } = JSON.parse(text);
    if (typeof hash === 'string') return `event ${n} of run ${run}, hash ${hash.slice(0, 12)}`;
  } catch {
    // Not a record: its first characters are shown.
  }
  return `a record that begins ${JSON.stringify(text.slice(0, 40))}`;
}
