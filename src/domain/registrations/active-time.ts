import type { Millis, MonotonicTime } from '../time.ts';

/** A time in which this process ran, in milliseconds: it does not count time in which it was stopped. */
export type ActiveTime = number;

/** A reading of the monotonic clock and of the active time. */
export interface ActiveReading {
  readonly monotonic: MonotonicTime;
  readonly active: ActiveTime;
}

/**
 * Counts the time since the last reading, at most `atMost`. Readings are taken more often than that, so a
 * longer step means that this process was stopped (SIGSTOP, a suspended machine) and received nothing.
 */
export const readActive = (
  { monotonic, active }: ActiveReading,
  now: MonotonicTime,
  atMost: Millis,
): ActiveReading => ({
  monotonic: now,
  active: active + Math.min(Math.max(0, now - monotonic), atMost),
});
