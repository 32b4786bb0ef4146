import type { WallTime } from '../../domain/time.ts';
import type { LimitPlan } from '../../runtime/audit/keyframes/retention-enforcer.ts';
import { limitWords } from '../command/settings/limit-words.ts';
import { when } from '../terminal/format-time.ts';
import { formatCount } from './progress.ts';

/** What a change of the limits does. */
export function planLines(
  { retention, keyframe, before, trim: { events, isEstimate, oldest, refusal } }: LimitPlan,
  now: WallTime,
): readonly string[] {
  const limits = `limits of the history: ${limitWords(before)} → ${limitWords(retention)}`;
  const kept =
    oldest === undefined
      ? 'none is kept'
      : `the oldest that is kept is ${oldest.seq}, of ${when(oldest.storedAt, now)}`;
  const removed = `${isEstimate ? 'about ' : ''}${formatCount(events)} event${events === 1 ? ' is' : 's are'} removed; ${kept}`;
  const first = [limits, events === 0 ? 'no event is removed' : removed];
  if (refusal !== undefined) return [...first, `this is refused now: ${refusal}`];
  return events === 0 ? first : [...first, `the signed keyframe at ${keyframe} covers them`];
}
