import type { WallTime } from '../../domain/time.ts';
import type { LimitPlan } from '../../runtime/audit/keyframes/retention-enforcer.ts';
import { limitWords } from '../command/settings/limit-words.ts';
import { when } from '../terminal/format-time.ts';
import { formatCount } from './progress.ts';

/** What a change of the limits does. */
export function planLines(
  { retention, keyframe, before, trim: { events, isEstimate, oldest } }: LimitPlan,
  now: WallTime,
): readonly string[] {
  const limits = `limits of the history: ${limitWords(before)} → ${limitWords(retention)}`;
  if (events === 0) return [limits, 'no event is removed'];
  const removed = `${isEstimate ? 'about ' : ''}${formatCount(events)} event${events === 1 ? ' is' : 's are'}`;
  const kept =
    oldest === undefined
      ? 'none is kept'
      : `the oldest that is kept is ${oldest.seq}, of ${when(oldest.storedAt, now)}`;
  const lastRemoved = (oldest?.seq ?? Number.POSITIVE_INFINITY) - 1;
  const covered =
    keyframe >= lastRemoved
      ? `the signed keyframe at ${keyframe} covers them`
      : keyframe === 0
        ? 'no signed keyframe covers them, so this is refused now'
        : `the last signed keyframe, at ${keyframe}, does not cover them all, so this is refused now`;
  return [limits, `${removed} removed; ${kept}`, covered];
}
