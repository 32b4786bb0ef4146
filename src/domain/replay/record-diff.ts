import type { Check, Divergence } from './divergence.ts';
import type { RecordUpdate } from './fold.ts';

/**
 * What is wrong where a record should stand as the events make it; undefined where it does.
 *
 * `found` is the text that stands there; undefined, like a tombstone: none.
 */
export function compareRecord(
  check: Check,
  key: string,
  folded: RecordUpdate | undefined,
  found: string | undefined,
): Divergence | undefined {
  const expected = folded?.entry.text;
  if (sameRecord(expected, found)) return undefined;
  return {
    seq: folded?.seq ?? 0,
    entity: key,
    check,
    expected: headOf(expected),
    found: headOf(found),
  };
}

/** Whether two records say the same: whoever wrote them may have put their fields in another order. */
export function sameRecord(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  try {
    return sameJson(JSON.parse(a), JSON.parse(b));
  } catch {
    return false;
  }
}

/** Whether two values of JSON are the same, their fields in whatever order. */
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

/** A record in a few words: where its chain stands, or how it begins where that can't be read. */
function headOf(text: string | undefined): string {
  if (text === undefined) return 'no record';
  try {
    const { n, hash, run } = JSON.parse(text);
    if (typeof hash === 'string') return `event ${n} of run ${run}, hash ${hash.slice(0, 12)}`;
  } catch {
    // Not a record of ours: shown as it begins.
  }
  return `a record that begins ${JSON.stringify(text.slice(0, 40))}`;
}
