import { clocksAgree } from '../clock-difference.ts';
import { type Millis, seconds, type WallTime } from '../time.ts';

/** The clocks by which a collector judges the end of a hold or a drain. */
export interface HoldClocks {
  /** The time of the server, as the collector estimates it; undefined: not known. */
  readonly server: WallTime | undefined;
  /** The collector's own wall clock. */
  readonly own: WallTime;
}

/** `unsure`: the two clocks disagree, or the time of the server is not known. */
export type HoldVerdict = 'lasts' | 'over' | 'unsure';

/**
 * Judges the end of a hold or a drain, which was set by the server's clock.
 *
 * It ends only if the clocks of the server and of the collector agree and both have passed its end. So
 * neither a wrong clock of one collector nor a step of the server's clock ends one: another collector
 * ends it, or an operator.
 */
export function judgeEnd(until: WallTime, { server, own }: HoldClocks): HoldVerdict {
  if (server === undefined || !clocksAgree(own - server)) return 'unsure';
  return server >= until && own >= until ? 'over' : 'lasts';
}

/**
 * Since when a hold is overdue at this time: a collector should have ended it by then. A collector needs a
 * moment, so a hold is not overdue at once. Undefined if it is not.
 */
export const overdueSince = (until: WallTime, now: WallTime): WallTime | undefined =>
  now - until > overdueAfter ? until : undefined;

/** A collector ends a hold in less than this, if it can. */
const overdueAfter: Millis = seconds(10);
