import { problems } from '../../history/event-classes.ts';
import type { Lane } from '../../history/query-types.ts';
import type { Window } from '../format/time-scale.ts';
import { isPresent, statusOf } from '../model/state-styles.ts';

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly word: string;
}
export interface Tick {
  readonly at: number;
  readonly type: string;
  readonly seq: number;
  readonly bad: boolean;
}

const over = new Set(['gone', 'left', 'superseded', 'removed', 'adopted']);

/** What an entity's transitions look like in a lane: a bar for each state, a tick for each event. */
export function barsOf(entity: string, { start, steps, cut }: Lane, window: Window) {
  const bars: Bar[] = [];
  const marks: Tick[] = [];
  let word = start === null ? null : statusOf(entity, start);
  let from = cut ?? window.from;
  const close = (to: number) => {
    if (word !== null && !over.has(word) && to > from) bars.push({ from, to, word });
  };
  for (const [at, state, type, seq] of steps) {
    const next = statusOf(entity, state);
    if (next !== word) {
      close(at);
      from = at;
      word = next;
    }
    marks.push({ at, type, seq, bad: problems.has(type) });
  }
  close(window.to);
  return { bars, marks };
}

/** Of several agents of a host, the state that needs eyes most. */
export function worst(words: readonly string[]): string {
  return (
    words.find((word) => word === 'expired') ??
    words.find((word) => word === 'suspect') ??
    words.find(isPresent) ??
    words[0] ??
    ''
  );
}
