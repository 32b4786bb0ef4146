import type { ApiGap } from '../api-types.ts';
import type { TransitionLog } from './transition-log.ts';

/** A gap and its time range: from the last event before it to the first event after it. */
export interface PlacedGap extends ApiGap {
  readonly after: number;
  readonly before: number;
}

/** Gaps in order and without overlap. Adjacent gaps with the same reason are merged. */
export function joined(gaps: readonly ApiGap[]): readonly ApiGap[] {
  const sorted = [...gaps].sort((a, b) => a.from - b.from || a.to - b.to);
  const whole: ApiGap[] = [];
  for (const gap of sorted) {
    const last = whole.at(-1);
    if (last && gap.from <= last.to + 1 && gap.why === last.why) {
      whole[whole.length - 1] = { ...last, to: Math.max(last.to, gap.to) };
    } else if (!last || gap.from > last.to) whole.push(gap);
    else if (gap.to > last.to) whole.push({ ...gap, from: last.to + 1 });
  }
  return whole;
}

/** The gaps that lie at least partly between two moments. */
export function gapsBetween(log: TransitionLog, from: number, to: number): readonly PlacedGap[] {
  const { first, end, at } = log;
  if (end === first) return [];
  const time = (row: number) => at.get(Math.min(Math.max(row, first), end - 1));
  return joined(log.gaps)
    .map((gap) => {
      const row = log.rowAt(gap.from);
      return { ...gap, after: time(row), before: time(row + 1) };
    })
    .filter(({ after, before }) => after <= to && before >= from);
}
