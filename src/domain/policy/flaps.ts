import { hours, type WallTime } from '../time.ts';

/**
 * How often an agent flapped: it returned from suspicion, or died and was started again. A suspect agent that renews its
 * lease again was not dead: often the network or the host is overloaded, or the ttl is too short. One that dies again and
 * again crashes. A run that leaves did not die.
 */
export interface FlapCounts {
  /** In the last hour. */
  readonly hour: number;
  /** In the last 24 hours. */
  readonly day: number;
}

/** The time for which flaps are counted. */
export const flapsWithin = hours(24);

/** The events of so much time are needed to count them: a return from a death that was longer before is no flap. */
export const flapsReadWithin = 2 * flapsWithin;

/** The events of runs that flaps are found in. */
export const flapEvents = ['regranted', 'superseded', 'expired', 'started'] as const;

/** The times of the flaps of one agent, each the time of its return, from the events of all its runs in order. */
export class FlapTimes {
  readonly times: WallTime[] = [];
  #died: WallTime | undefined;

  /** Takes an event. A run can also be regranted a lapsed lease before it is suspected: that is no flap. */
  take(type: string, wasSuspect: boolean, at: WallTime): void {
    // Another run took the slot, without a leave: the start is in the same commit.
    if (type === 'superseded' || (type === 'regranted' && wasSuspect)) this.times.push(at);
    if (type === 'expired') this.#died = at;
    if (type !== 'started' || this.#died === undefined) return;
    if (at - this.#died < flapsWithin) this.times.push(at);
    this.#died = undefined;
  }
}

/** Counts flaps at a moment, from their times in any order. */
export function countFlaps(flaps: readonly WallTime[], at: WallTime): FlapCounts {
  let [hour, day] = [0, 0];
  for (const one of flaps) {
    if (one > at || one <= at - flapsWithin) continue;
    day += 1;
    if (one > at - hours(1)) hour += 1;
  }
  return { hour, day };
}

/** How many flaps in an hour are normal, unless the policy sets another number. */
export const defaultFlaps = 3;

/** Whether an agent needs attention: it flapped more often in the last hour than the policy allows. */
export const isFlapping = ({ hour }: FlapCounts, allowed: number = defaultFlaps): boolean =>
  hour > allowed;
