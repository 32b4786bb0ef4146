import type { ApiEntity } from '../../../api-types.ts';
import type { DurationStats, Dwell } from '../../../history/dwell-times.ts';
import { clockTime, formatCount, formatDuration } from '../../format/format-time.ts';
import { entityName } from '../../model/subject.ts';

/** How long something lasts, in words; `of`: what is counted. */
export const spellWords = ({ count, p50, p95 }: DurationStats, of: string): string =>
  `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)} (${formatCount(count, of)})`;

/** Who took an edge: the entity, and where it was somebody else, by whom. */
export function takerWords(entity: ApiEntity | undefined, by: string | undefined): string {
  const name = entity ? entityName(entity) : 'somebody';
  return by === undefined ? name : `${name}, by ${by}`;
}

/** Of each state and each edge, what is told where the pointer rests on it. */
export function dwellTitles(
  { states, edges }: Dwell,
  entities: readonly ApiEntity[],
): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const [id, spell] of Object.entries(states)) {
    titles.set(id, `stays ${spellWords(spell, 'stay')}`);
  }
  for (const [id, { count, last, after }] of Object.entries(edges)) {
    const taken = `${formatCount(count, 'time')}, last ${clockTime(last.at)} ${takerWords(entities[last.entity], last.note.by)}`;
    titles.set(id, after ? `${taken}\nafter ${spellWords(after, 'stay')} in its state` : taken);
  }
  return titles;
}

/** How long each state lasts, by its middle, as a part of the longest: long ones do not hide short ones. */
export function shares({ states }: Dwell): ReadonlyMap<string, number> {
  const lengths = Object.entries(states).map(([id, { p50 }]) => [id, Math.log1p(p50)] as const);
  const longest = Math.max(1, ...lengths.map(([, length]) => length));
  return new Map(lengths.map(([id, length]) => [id, length / longest]));
}
