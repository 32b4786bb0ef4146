import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** A timer of more milliseconds than this fires at once. */
const longestTimer: Millis = 2 ** 31 - 1;

/** The machine's clocks. The monotonic one stands still while the machine sleeps, on Linux. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),

  async sleep(duration, signal) {
    const until = performance.now() + duration;
    // Again and again: a long sleep takes several timers, and a timer may fire a little early.
    for (let left = duration; left > 0 && !signal?.aborted; left = until - performance.now()) {
      await timer(Math.min(Math.ceil(left), longestTimer), signal);
    }
  },
};

function timer(duration: Millis, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timeout);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timeout = setTimeout(wake, duration);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
