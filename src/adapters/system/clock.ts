import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** A longer timer fires immediately. */
const maxTimer: Millis = 2 ** 31 - 1;

/** The clocks of the machine. On Linux the monotonic clock stops while the machine is suspended. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),

  async sleep(duration, signal) {
    const until = performance.now() + duration;
    // A loop, because a long sleep needs several timers, and a timer may fire slightly early.
    for (let left = duration; left > 0 && !signal?.aborted; left = until - performance.now()) {
      await timer(Math.min(Math.ceil(left), maxTimer), signal);
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
