import { Fault } from './fault.ts';

/**
 * Nothing of ours is nested so deeply. What is nested much deeper can be parsed and never written
 * again: the writer of JSON goes one call deeper for each level, and the stack has an end.
 */
const deepest = 1000;

/**
 * Reads JSON that somebody else may have written and that we may have to write again.
 * @throws {SyntaxError} where it is no JSON
 * @throws {Fault} `record-unreadable` where it is nested too deeply
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Two brackets a level: nearly every text is too short to be looked at.
  if (text.length >= 2 * deepest && isDeeper(value, deepest)) {
    throw new Fault('record-unreadable', `it is nested more than ${deepest} levels deep`);
  }
  return value;
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
