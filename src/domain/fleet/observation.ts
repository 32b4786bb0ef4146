import { type Millis, seconds, type WallTime } from '../time.ts';

/** Whether a collector observed the fleet at a moment, as far as that can be known. */
export type Observation = 'observed' | 'unobserved' | 'unknown';

/** What a history tells about one collector at a moment. */
export interface CollectorFacts {
  readonly hasSeat: boolean;
  /** Whether it was blind then: a blind collector judges nothing. */
  readonly isBlind?: boolean;
  /** When it last wrote anything, also if that was after the moment. */
  readonly lastActAt: WallTime;
  /** Since when it watches without interruption, or is blind; absent: not known. */
  readonly watchingSince?: WallTime;
}

/** How long a seat outlives its holder: the default `ttl` of a lease. */
export const seatTtl: Millis = seconds(15);

/** Whether a collector certainly watched the fleet at a past moment. */
export const isWatching = (
  { hasSeat, isBlind, lastActAt }: CollectorFacts,
  at: WallTime,
): boolean => hasSeat && !isBlind && at <= lastActAt + seatTtl;

/**
 * Whether a collector had a seat at a past moment.
 *
 * A collector that is killed writes no last event, so its own chain keeps it seated for ever. Its seat is
 * known only until its last act, and the `ttl` after that. Whether a blind one soon saw again is not known
 * from its state alone, so it neither observes nor proves the contrary. `isWhole`: no collector was seated before the
 * history begins.
 */
export function pastObservation(
  collectors: readonly CollectorFacts[],
  at: WallTime,
  isWhole: boolean,
): Observation {
  if (collectors.some((one) => isWatching(one, at))) return 'observed';
  const isNone = isWhole && !collectors.some(({ hasSeat }) => hasSeat);
  return isNone ? 'unobserved' : 'unknown';
}

/**
 * Since when the fleet is watched: no collector can have counted a silence or a grace for longer. The one that watches
 * longest is the first to have counted a grace. Only those count that certainly watched. 0: not known.
 */
export function watchedSince(collectors: readonly CollectorFacts[], at: WallTime): WallTime {
  const [since = 0] = collectors
    .flatMap((one) => (isWatching(one, at) ? (one.watchingSince ?? 0) : []))
    .sort((a, b) => a - b);
  return since;
}
