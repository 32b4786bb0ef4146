import type { ApiGap, ApiHello } from '../../api-types.ts';
import { joined } from '../../history/gaps.ts';
import type { AtMoment, Extent } from '../protocol/worker-messages.ts';
import { dayTime, formatCount, formatNumber } from './format-time.ts';

type LoadedRange = Pick<Extent, 'from' | 'gaps' | 'complete'>;

/** The sequences that the history in memory lacks, oldest first. What is still loading is no gap. */
export function gapsOf(
  { from, gaps, complete }: LoadedRange,
  hello: Pick<ApiHello, 'first'> | null,
): readonly ApiGap[] {
  const before: ApiGap[] = [];
  const first = Math.min(from, Math.max(1, hello?.first ?? 1));
  if (complete && first > 1) before.push({ from: 1, to: first - 1, why: 'trimmed' });
  if (complete && from > first) before.push({ from: first, to: from - 1, why: 'memory' });
  return joined([...before, ...gaps]);
}

/** That nothing is known, as a sentence, if a moment is before the history begins; null: it is not. */
export function nothingBefore(
  moment: Pick<AtMoment, 'seq'> | null,
  all: Extent | null,
  hello: Pick<ApiHello, 'first'> | null,
): string | null {
  const isBefore =
    moment && all?.complete && hello && moment.seq < all.from && all.from <= hello.first;
  return isBefore ? `Nothing is recorded before ${dayTime(all.firstAt)}.` : null;
}

/** The number of sequences in these gaps. */
export const sequencesIn = (gaps: readonly ApiGap[]): number =>
  gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** A gap as text: its sequences and the reason. */
export function gapText({ from, to, why }: ApiGap, mode: ApiHello['mode'] = 'live'): string {
  const [one, other] = [formatNumber(from), formatNumber(to)];
  const [range, verb] = from === to ? [`seq ${one}`, 'is'] : [`seq ${one}–${other}`, 'are'];
  if (why === 'memory') return `${range} ${verb} not in this browser's memory (limit)`;
  if (why !== 'trimmed') return `${range} cannot be read (${why})`;
  return mode === 'recording'
    ? `${range} ${verb} not in the recording`
    : `${range} ${verb} gone (retention)`;
}

/** How many events the counts leave out. Empty if none. */
export function leftOut(gaps: readonly ApiGap[]): string {
  const count = sequencesIn(gaps);
  return count === 0 ? '' : `${formatCount(count, 'event')} missing and not counted`;
}
