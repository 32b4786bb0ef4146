import { type Changed, changesOf } from '../../format/record-diff.ts';
import type { Stored } from '../../model/event-document.ts';

/** Of each event, by its place, what it changed in its record. */
export type FieldChanges = ReadonlyMap<number, readonly Changed[]>;

/** A record is a key's: a later run that takes a slot changes the record that was there. */
const keyOf = ({ of: { entity, host, agent, service, id } }: Stored): string =>
  JSON.stringify([entity, host, agent, service, id]);

/** What each event changed in its record; newest first, as the server answers. */
export function fieldChanges(newestFirst: readonly Stored[]): FieldChanges {
  const changes = new Map<number, readonly Changed[]>();
  const records = new Map<string, Stored['record']>();
  for (const event of newestFirst.toReversed()) {
    const key = keyOf(event);
    const before = records.get(key);
    records.set(key, event.record);
    // What was before the oldest that is here, nobody knows; before the first of a chain: nothing.
    if (before === undefined && event.n !== 1) continue;
    changes.set(event.seq, changesOf(before, event.record));
  }
  return changes;
}

/** Whether one of them is at this path or below it. */
export const touches = (changes: readonly Changed[] | undefined, field: string): boolean =>
  (changes ?? []).some(({ path }) => path === field || path.startsWith(`${field}.`));

/** All paths that ever changed, by name. */
export const fieldsIn = (changes: FieldChanges): readonly string[] =>
  [...new Set([...changes.values()].flat().map(({ path }) => path))].sort();
