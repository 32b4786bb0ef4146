import type { Revision, WallTime } from '../time.ts';
import type { Retention } from './fleet-policy.ts';

/** A history as its store counts it. */
export interface HistoryRange {
  readonly first: Revision;
  readonly last: Revision;
  readonly events: number;
  readonly bytes: number;
  /** When the first event behind the keyframe was stored; undefined: there is none. */
  readonly nextStoredAt: WallTime | undefined;
}

/** The average event's size is a guess; so many times as much must fit in behind the keyframe. */
const margin = 2;

/**
 * Why these limits would take away at once what no keyframe stands for; undefined: they would not.
 *
 * `keyframe`: the last one that is signed; 0: none.
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
    return `it begins at ${first}, and the last signed keyframe is at ${keyframe}`;
  }
  if (maxAge !== undefined && nextStoredAt !== undefined && nextStoredAt < now - maxAge) {
    return `events after the last signed keyframe, at ${keyframe}, are older than that`;
  }
  if (maxBytes === undefined || events === 0) return undefined;
  const behind = ((last - keyframe) * bytes) / events;
  if (behind * margin <= maxBytes) return undefined;
  const least = Math.ceil(behind * margin);
  return `what comes after the last signed keyframe, at ${keyframe}, needs some ${least} bytes`;
}
