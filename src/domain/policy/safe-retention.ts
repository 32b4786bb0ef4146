import type { Revision, WallTime } from '../time.ts';
import type { Retention } from './fleet-policy.ts';

/** Extent of the audit stream, as the server counts it. */
export interface HistoryRange {
  readonly first: Revision;
  readonly last: Revision;
  readonly events: number;
  readonly bytes: number;
  /** When the first event after the keyframe was stored; undefined if there is none. */
  readonly nextStoredAt: WallTime | undefined;
}

/** The first event that stays within a size, as far as the average tells; all of them without one. */
export const firstWithin = (
  { first, last, events, bytes }: Omit<HistoryRange, 'nextStoredAt'>,
  { maxBytes }: Retention,
): Revision =>
  maxBytes === undefined || bytes <= maxBytes
    ? first
    : Math.min(last + 1, first + Math.ceil(((bytes - maxBytes) * events) / bytes));

export const isSameRetention = (one: Retention, other: Retention): boolean =>
  one.maxAge === other.maxAge && one.maxBytes === other.maxBytes;

/** Safety factor, because the size of the events after the keyframe is estimated from the average. */
const margin = 2;

/**
 * Why this retention would immediately trim events that no signed keyframe includes; undefined if it
 * would not.
 *
 * `keyframe` is the sequence of the last signed keyframe, 0: none.
 */
export function retentionViolation(
  { first, last, events, bytes, nextStoredAt }: HistoryRange,
  { maxAge, maxBytes }: Retention,
  keyframe: Revision,
  now: WallTime,
): string | undefined {
  if (maxAge === undefined && maxBytes === undefined) return undefined;
  if (keyframe <= 0) return 'there is no signed keyframe, so nothing may be trimmed';
  if (keyframe < first - 1) {
    return `the history begins at ${first}, after the last signed keyframe at ${keyframe}`;
  }
  if (maxAge !== undefined && nextStoredAt !== undefined && nextStoredAt < now - maxAge) {
    return `events after the last signed keyframe at ${keyframe} are older than the limit`;
  }
  if (maxBytes === undefined || events === 0) return undefined;
  const behind = ((last - keyframe) * bytes) / events;
  if (behind * margin <= maxBytes) return undefined;
  const least = Math.ceil(behind * margin);
  return `the events after the last signed keyframe at ${keyframe} need about ${least} bytes`;
}
