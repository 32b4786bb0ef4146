import type { Health } from '../../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../../domain/records/health-check.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { execCheck } from './exec-check.ts';
import { httpCheck } from './http-check.ts';
import { tcpCheck } from './tcp-check.ts';

/** One check: undefined if it passes, else the problem in one line. Ends when the signal aborts. */
export type HealthCheckFn = (signal: AbortSignal) => Promise<string | undefined>;

/** Checks until the signal aborts, one check at a time, and reports the resulting health. */
export async function checkHealth(
  check: HealthCheck,
  report: (health: Health) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const run = checkFunctionOf(check);
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    const detail = await runCheck(check.timeout, run, signal);
    if (signal.aborted) return;
    failures = detail === undefined ? 0 : failures + 1;
    if (detail === undefined) report({ state: 'serving' });
    else if (failures >= check.failAfter) report({ state: 'failing', detail });
    await clock.sleep(check.every - (clock.monotonic() - startedAt), signal);
  }
}

function checkFunctionOf(check: HealthCheck): HealthCheckFn {
  if ('http' in check) return httpCheck(check.http);
  if ('tcp' in check) return tcpCheck(check.tcp);
  return execCheck(check.exec);
}

async function runCheck(
  timeout: Millis,
  run: HealthCheckFn,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ending = new AbortController();
  const end = () => ending.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, timeout);
  signal.addEventListener('abort', end, { once: true });
  try {
    const detail = await run(ending.signal);
    return isLate ? `no answer within ${timeout} ms` : detail;
  } catch (cause) {
    // For example no memory for a process. The check fails, and the agent continues.
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
