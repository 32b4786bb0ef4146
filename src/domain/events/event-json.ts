import { Fault } from '../fault.ts';
import { readJson } from '../json.ts';
import { mostEntries, tooManyEntriesIn } from '../records/entry-count.ts';
import { recordLimits, tooLong } from '../records/record-budget.ts';

/**
 * Greatest length of an event, in characters: the record, once more the detail or the labels that changed, and
 * 64 Ki for names, evidence and signature.
 */
export const longestEvent = 2 * recordLimits.record + 64 * 1024;

/**
 * Parses the JSON of an event, and refuses one that is larger than any agent writes. Without this, one event
 * would stop every reader of the history for seconds.
 * @throws {SyntaxError} if it is not JSON
 * @throws {Fault} `record-unreadable` if it is too long, nested too deeply, or has too many entries
 */
export function readEventJson(text: string): unknown {
  if (text.length > longestEvent) throw unreadable(tooLong('an event', text.length, longestEvent));
  const value = readJson(text);
  const why = tooManyEntriesIn(text, value) ?? tooLargeState(text, value);
  if (why !== undefined) throw unreadable(why);
  return value;
}

const unreadable = (why: string): Fault => new Fault('record-unreadable', why);

type Fields = Readonly<Record<string, unknown>>;

/** A state is nested, so all of its regions count together. */
function tooLargeState(text: string, value: unknown): string | undefined {
  if (text.length <= 2 * mostEntries || typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { from, to } = value as Fields;
  const field = regionsLeft(from, mostEntries) < 0 ? 'from' : 'to';
  const isTooLarge = field === 'from' || regionsLeft(to, mostEntries) < 0;
  return isTooLarge ? `${field}: more than ${mostEntries} regions` : undefined;
}

/** `left` without the regions of this state; below 0 as soon as they are more. */
function regionsLeft(state: unknown, left: number): number {
  if (typeof state !== 'object' || state === null) return left;
  let rest = left;
  for (const region in state) {
    rest = regionsLeft((state as Fields)[region], rest - 1);
    if (rest < 0) return rest;
  }
  return rest;
}
