import type { ApiGap } from '../../../api-types.ts';
import type { Transition } from '../../../history/query-types.ts';

/** Several transitions that say the same: the newest, and all of them. */
export interface Folded {
  readonly newest: Transition;
  readonly all: readonly Transition[];
}

/** What repeats: it leads to where it came from, over and over. */
const repeats = new Set(['confirmed', 'let-through', 'regranted', 'kept', 'changed', 'suspected']);

/** Whether a gap lies between two places. */
export const isBroken = (gaps: readonly ApiGap[], older: number, newer: number): boolean =>
  gaps.some(({ from, to }) => from > older && to < newer);

/** Runs of the same transition of the same entity, folded, never over a gap. Newest first, as given. */
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
