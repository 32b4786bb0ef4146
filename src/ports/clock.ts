import type { Millis, MonotonicTime, WallTime } from '../domain/time.ts';

/** The wall clock and the monotonic clock of one process, and sleeping. */
export interface Clock {
  /** For display and the audit; may jump. */
  wall(): WallTime;
  /** For decisions. Never goes back; may or may not count time in which the host was suspended. */
  monotonic(): MonotonicTime;
  /** Resolves after `duration`, or immediately when `signal` aborts. Never rejects. */
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>;
}
