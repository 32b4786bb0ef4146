import { hours, type WallTime } from '../time.ts';

/**
 * How often an agent returned from suspicion. A suspect agent that renews its lease again was not dead: often
 * the network or the host is overloaded, or the ttl is too short.
 */
export interface FlapCounts {
  /** In the last hour. */
  readonly hour: number;
  /** In the last 24 hours. */
  readonly day: number;
}

/** The time for which flaps are counted. */
export const flapsWithin = hours(24);

/** The event of a run that holds its lease again. */
export const regranted = 'regranted';

/** Whether an event of a run is a return. A run can also take a lapsed lease again before it is suspected. */
export const isReturn = (type: string, wasSuspect: boolean): boolean =>
  type === regranted && wasSuspect;

/** Counts returns at a moment, from their times in any order. */
export function countFlaps(returns: readonly WallTime[], at: WallTime): FlapCounts {
  let [hour, day] = [0, 0];
  for (const one of returns) {
    if (one > at || one <= at - flapsWithin) continue;
    day += 1;
    if (one > at - hours(1)) hour += 1;
  }
  return { hour, day };
}

/** How many returns in an hour are normal, unless the policy sets another number. */
export const defaultFlaps = 3;

/** Whether an agent needs attention: it returned more often in the last hour than the policy allows. */
export const isFlapping = ({ hour }: FlapCounts, allowed: number = defaultFlaps): boolean =>
  hour > allowed;
