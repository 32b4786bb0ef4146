import { Fault } from './fault.ts';

/**
 * Maximum nesting; no record or event comes near it. `JSON.stringify` recurses once per level, so a value
 * that is nested much deeper can be parsed but overflows the stack when it is written again.
 */
const deepest = 1000;

/**
 * Parses JSON of unknown origin, and refuses a value that could not be written again.
 * @throws {SyntaxError} if it is not JSON
 * @throws {Fault} `record-unreadable` if it is nested too deeply
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // A level takes two brackets, so nearly every text is too short to need the check.
  if (text.length >= 2 * deepest && isDeeper(value, deepest)) {
    throw new Fault('record-unreadable', `it is nested more than ${deepest} levels deep`);
  }
  return value;
}

/** The fields of a JSON object of unknown origin; undefined if the text is not one. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = readJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((one) => isDeeper(one, levels - 1));
}

/**
 * Looks up an own property, so that an untrusted key such as `constructor` is not found on the
 * prototype.
 */
export const getOwn = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
