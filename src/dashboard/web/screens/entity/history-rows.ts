import type { ApiGap } from '../../../api-types.ts';
import type { Transition } from '../../../history/query-types.ts';
import { type Folded, fold, isBroken } from './fold-repeats.ts';

/** A line of a history: what happened, or that nobody can say what did. */
export type HistoryRow =
  | {
      readonly is: 'event';
      readonly folded: Folded;
      /** Something is missing since its entity's event before: where it came from is not known. */
      readonly unsure: boolean;
    }
  | { readonly is: 'gap'; readonly gaps: readonly ApiGap[] };

/** Newest first, runs folded, and the gaps at their places: up to `upTo`, nothing that is newer. */
export function historyRows(
  transitions: readonly Transition[],
  gaps: readonly ApiGap[],
  upTo: number,
): readonly HistoryRow[] {
  const left = gaps.filter(({ from }) => from <= upTo);
  const unsure = unsureOf(transitions, left);
  const rows: HistoryRow[] = [];
  const put = (above: number) => {
    const here: ApiGap[] = [];
    for (let gap = left.at(-1); gap && gap.from > above; gap = left.at(-1)) {
      here.push(gap);
      left.pop();
    }
    if (here.length > 0) rows.push({ is: 'gap', gaps: here.reverse() });
  };
  for (const folded of fold(transitions, gaps)) {
    put(folded.newest.seq);
    const oldest = folded.all.at(-1) ?? folded.newest;
    rows.push({ is: 'event', folded, unsure: unsure.has(oldest.seq) });
  }
  put(0);
  return rows;
}

/** Of which transitions it is not known where they came from. */
function unsureOf(newestFirst: readonly Transition[], gaps: readonly ApiGap[]): Set<number> {
  const unsure = new Set<number>();
  const before = new Map<number, number>();
  // How everything stood where the history begins is known.
  let start = 0;
  for (const { from, to } of gaps) if (from <= start + 1) start = to;
  for (const { seq, entity, from } of newestFirst.toReversed()) {
    const last = before.get(entity) ?? start;
    before.set(entity, seq);
    if (from !== null && isBroken(gaps, last, seq)) unsure.add(seq);
  }
  return unsure;
}
