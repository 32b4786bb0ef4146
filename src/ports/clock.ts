import type { Millis, MonotonicTime, WallTime } from '../domain/time.ts';

/** The two clocks of one process, and waiting on them. */
export interface Clock {
  /** For people and the audit; may jump. */
  wall(): WallTime;
  /** For judging; never goes back, and may or may not count time in which the machine slept. */
  monotonic(): MonotonicTime;
  /** Resolves after `duration`, or at once when `signal` is aborted; it never rejects. */
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>;
}
