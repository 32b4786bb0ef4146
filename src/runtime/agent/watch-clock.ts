import { clocksAgree } from '../../domain/clock-difference.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, minutes } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/** Each measurement is one small request to the leader of a stream. Clocks drift slowly. */
const every: Millis = minutes(10);

/**
 * Measures how far the wall clock of this process is ahead of the server's, at once and every 10 minutes until
 * the signal aborts: as the metric, and as one log line whenever the two begin to differ or agree again. Nothing
 * depends on it. A measurement that gets no answer is left out. Never rejects.
 */
export async function watchClock(
  { clock, log, metrics, serverTime }: Pick<Ports, 'clock' | 'log' | 'metrics' | 'serverTime'>,
  signal: AbortSignal,
): Promise<void> {
  let agreed = true;
  while (!signal.aborted) {
    const asked = clock.monotonic();
    const server = await serverTime.now().catch((cause: unknown) => {
      if (!(cause instanceof Fault)) log.warn('clock-not-measured', { why: String(cause) });
      return undefined;
    });
    if (signal.aborted) return;
    if (server !== undefined) {
      const offset = Math.round(clock.wall() - (clock.monotonic() - asked) / 2 - server);
      metrics.clockOffset?.(offset);
      const agrees = clocksAgree(offset);
      if (agrees && !agreed) log.info('clock-agrees', { offset });
      if (!agrees && agreed)
        log.warn('clock-differs', { offset, mend: 'check NTP here and on the server' });
      agreed = agrees;
    }
    await clock.sleep(every, signal);
  }
}
