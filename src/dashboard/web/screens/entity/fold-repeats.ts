import type { ApiGap } from '../../../api-types.ts';
import type { Transition } from '../../../history/query-types.ts';

/** Repeated transitions: the newest, and all of them. */
export interface Folded {
  readonly newest: Transition;
  readonly all: readonly Transition[];
}

/** Event types that may repeat without changing the state. */
const repeats = new Set(['confirmed', 'let-through', 'regranted', 'kept', 'changed', 'suspected']);

/** Whether a gap lies between two sequences. */
export const isBroken = (gaps: readonly ApiGap[], older: number, newer: number): boolean =>
  gaps.some(({ from, to }) => from > older && to < newer);

/** Folds repeats of the same transition of the same entity, but not across a gap. Newest first. */
export function fold(
  transitions: readonly Transition[],
  gaps: readonly ApiGap[] = [],
): readonly Folded[] {
  const folded: { newest: Transition; all: Transition[] }[] = [];
  for (const one of transitions) {
    const last = folded.at(-1);
    const same =
      last &&
      repeats.has(one.type) &&
      one.type === last.newest.type &&
      one.entity === last.newest.entity &&
      one.from === one.to &&
      last.newest.from === last.newest.to &&
      !isBroken(gaps, one.seq, last.all.at(-1)?.seq ?? 0);
    if (same) last.all.push(one);
    else folded.push({ newest: one, all: [one] });
  }
  return folded;
}
