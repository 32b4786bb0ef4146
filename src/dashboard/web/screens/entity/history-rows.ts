import type { ApiGap } from '../../../api-types.ts';
import type { Transition } from '../../../history/query-types.ts';
import { type Folded, fold, isBroken } from './fold-repeats.ts';

/** A row of a history: an event, or a gap. */
export type HistoryRow =
  | {
      readonly is: 'event';
      readonly folded: Folded;
      /** Events are missing before it, so its previous state is unknown. */
      readonly unsure: boolean;
    }
  | { readonly is: 'gap'; readonly gaps: readonly ApiGap[] };

/** The rows up to `upTo`, newest first, with repeats folded and gaps in their places. */
export function historyRows(
  transitions: readonly Transition[],
  gaps: readonly ApiGap[],
  upTo: number,
): readonly HistoryRow[] {
  const left = gaps.filter(({ from }) => from <= upTo);
  const unsure = unsureOf(transitions, left);
  const rows: HistoryRow[] = [];
  const put = (above: number) => {
    const between: ApiGap[] = [];
    for (let gap = left.at(-1); gap && gap.from > above; gap = left.at(-1)) {
      between.push(gap);
      left.pop();
    }
    if (between.length > 0) rows.push({ is: 'gap', gaps: between.reverse() });
  };
  for (const folded of fold(transitions, gaps)) {
    put(folded.newest.seq);
    const oldest = folded.all.at(-1) ?? folded.newest;
    rows.push({ is: 'event', folded, unsure: unsure.has(oldest.seq) });
  }
  put(0);
  return rows;
}

/** The sequences of transitions whose previous state is unknown. */
function unsureOf(newestFirst: readonly Transition[], gaps: readonly ApiGap[]): Set<number> {
  const unsure = new Set<number>();
  const before = new Map<number, number>();
  // The states at the beginning of the history are known.
  let start = 0;
  for (const { from, to } of gaps) if (from <= start + 1) start = to;
  for (const { seq, entity, from } of newestFirst.toReversed()) {
    const last = before.get(entity) ?? start;
    before.set(entity, seq);
    if (from !== null && isBroken(gaps, last, seq)) unsure.add(seq);
  }
  return unsure;
}
