import { filterFields, isAmong, parseRowFilter, unknownState } from './row-filter.ts';
import { allWords, type StateWords } from './state-words.ts';

/** Why a list cannot be filtered by a text, and what can be written instead. Both without a full stop. */
export interface FilterProblem {
  readonly problem: string;
  readonly advice: string;
  /** The filter that was probably meant, where it can be guessed. */
  readonly meant?: string | undefined;
  /** The state that this list does not have. */
  readonly state?: string;
}

/** What a filter can have, for people. */
export const filterRule = `Fields: ${filterFields.join(': ')}: label.NAME=. All words must match. host:a,b is a or b; -state:live is not live; host:a* begins with a`;

/** What is wrong with a filter of a list that has these states; undefined: nothing. */
export function filterProblem(
  text: string,
  { of, states }: StateWords,
  rule = filterRule,
): FilterProblem | undefined {
  const { terms, wrong } = parseRowFilter(text);
  for (const { field, values, isNegated } of terms) {
    if (field !== 'state') continue;
    const isHere = isNegated || values.some((one) => isAmong(states, one));
    const state = unknownState(values) ?? (isHere ? undefined : values[0]);
    if (state === undefined) continue;
    const advice = `States and reasons of ${of}: ${states.join(', ')}`;
    return { problem: `'${state}' is no state of ${of}`, advice, state };
  }
  const [word] = wrong;
  return word === undefined
    ? undefined
    : { problem: `'${word}' cannot be read`, advice: rule, meant: meantBy(text) };
}

/** What other filters have, with spaces around each word, and how it is written here. */
const repairs: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/[()\s]+| (?:and|&+) /g, ' '],
  [/ (label\.[^ =!]+) ?!=+ ?/g, ' -$1='],
  [/ ([a-z]+) ?!=+ ?/g, ' -$1:'],
  [/ (-?state) ?=+ ?/g, ' $1:'],
  [/ (-?[a-z]+:) /g, ' $1'],
  [/ (?:not |! ?|- )/g, ' -'],
  [/ ([a-z]+:)(\S+) (?:or|\|+) \1/g, ' $1$2,'],
  [new RegExp(` -(${allWords.states.join('|')}) `, 'g'), ' -state:$1 '],
];

/** A filter in the language of another program, in this one. */
function meantBy(text: string): string | undefined {
  let [before, now] = ['', ` ${text.toLowerCase()} `];
  while (now !== before) {
    before = now;
    now = repairs.reduce((all, [pattern, by]) => all.replace(pattern, by), now);
  }
  now = now.trim();
  return now && parseRowFilter(now).wrong.length === 0 ? now : undefined;
}
