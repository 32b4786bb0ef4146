import type { Health } from '../../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../../domain/records/health-check.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { execProbe } from './exec-check.ts';
import { httpProbe } from './http-check.ts';
import { tcpProbe } from './tcp-check.ts';

/** One look: undefined when all is well, else what is wrong, in one line. Ends when aborted. */
export type HealthCheckFn = (signal: AbortSignal) => Promise<string | undefined>;

/** Checks until the signal is aborted, one check at a time, and reports what each one amounts to. */
export async function checkHealth(
  check: HealthCheck,
  report: (health: Health) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const probe = probeOf(check);
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    const detail = await lookWithin(check.timeout, probe, signal);
    if (signal.aborted) return;
    failures = detail === undefined ? 0 : failures + 1;
    if (detail === undefined) report({ state: 'serving' });
    else if (failures >= check.failAfter) report({ state: 'failing', detail });
    await clock.sleep(check.every - (clock.monotonic() - startedAt), signal);
  }
}

function probeOf(check: HealthCheck): HealthCheckFn {
  if ('http' in check) return httpProbe(check.http);
  if ('tcp' in check) return tcpProbe(check.tcp);
  return execProbe(check.exec);
}

async function lookWithin(
  timeout: Millis,
  probe: HealthCheckFn,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ending = new AbortController();
  const end = () => ending.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end();
  }, timeout);
  signal.addEventListener('abort', end, { once: true });
  try {
    const detail = await probe(ending.signal);
    return late ? `no answer within ${timeout} ms` : detail;
  } catch (cause) {
    // Out of memory for a process, say: the check failed, and the agent goes on.
    return cause instanceof Error ? cause.message : String(cause);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
