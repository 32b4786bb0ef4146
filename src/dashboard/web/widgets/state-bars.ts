import { problems } from '../../history/event-classes.ts';
import type { Lane } from '../../history/query-types.ts';
import type { Window } from '../format/time-scale.ts';
import { statusOf } from '../model/state-styles.ts';

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly status: string;
}
export interface Tick {
  readonly at: number;
  readonly type: string;
  readonly seq: number;
  readonly bad: boolean;
}

/** Statuses without a bar: the entity has ended. */
export const over: ReadonlySet<string> = new Set([
  'gone',
  'left',
  'superseded',
  'removed',
  'adopted',
]);

/** The bars (states) and ticks (events) of an entity in a timeline lane. */
export function barsOf(entity: string, { start, steps, cut }: Lane, window: Window) {
  const bars: Bar[] = [];
  const marks: Tick[] = [];
  let status = start === null ? null : statusOf(entity, start);
  let from = cut ?? window.from;
  const close = (to: number) => {
    if (status !== null && !over.has(status) && to > from) bars.push({ from, to, status });
  };
  for (const [at, state, type, seq] of steps) {
    // A query may reach further than the range that is drawn.
    if (at > window.to) break;
    const next = statusOf(entity, state);
    if (next !== status) {
      close(at);
      from = at;
      status = next;
    }
    marks.push({ at, type, seq, bad: problems.has(type) });
  }
  close(window.to);
  return { bars, marks };
}

/** Most serious first. */
export const gravest = [
  ...['expired', 'suspect', 'lost', 'gone', 'contested', 'dubious', 'failing', 'draining'],
  ...['leaving', 'registering', 'unverified', 'live'],
];

/** The most serious of several statuses; undefined: there is none. */
export const worstStatus = (statuses: readonly string[]): string | undefined =>
  gravest.find((one) => statuses.includes(one)) ?? statuses[0];
