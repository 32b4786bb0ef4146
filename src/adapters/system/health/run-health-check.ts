import type { Health } from '../../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../../domain/records/health-check.ts';
import { type Millis, minutes } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { execCheck } from './exec-check.ts';
import { grpcCheck } from './grpc-check.ts';
import { httpCheck } from './http-check.ts';
import { tcpCheck, unixCheck } from './tcp-check.ts';
import { udpCheck } from './udp-check.ts';

/**
 * One check: undefined if it passes, else the problem in one line. It opens its own connection, and it
 * should end when the signal aborts. The detail is public: it never contains a login, a query or a header.
 */
export type HealthCheckFn = (signal: AbortSignal) => Promise<string | undefined>;

/** How often it checks at the start, until one check has passed: an instance is live soon after it works. */
const startEvery: Millis = 500;
const startFor: Millis = minutes(1);

/** Checks until the signal aborts, one check at a time, and reports the resulting health. */
export async function checkHealth(
  check: HealthCheck,
  report: (health: Health) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const run = checkFunctionOf(check);
  const firstAt = clock.monotonic();
  let failures = 0;
  let passes = 0;
  let hasPassed = false;
  let isFailing = false;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    const detail = await runCheck(check.timeout, run, signal);
    if (signal.aborted) return;
    if (detail === undefined) {
      failures = 0;
      passes += 1;
      hasPassed = true;
      if (!isFailing || passes >= check.passAfter) {
        isFailing = false;
        report({ state: 'serving' });
      }
    } else {
      passes = 0;
      const counts = hasPassed || startedAt - firstAt >= check.startPeriod;
      if (counts) failures += 1;
      if (failures >= check.failAfter) {
        isFailing = true;
        report({ state: 'failing', detail });
      }
    }
    const isStarting = !hasPassed && startedAt - firstAt < startFor;
    const every = isStarting ? Math.min(check.every, startEvery) : check.every;
    await clock.sleep(every - (clock.monotonic() - startedAt), signal);
  }
}

function checkFunctionOf(check: HealthCheck): HealthCheckFn {
  if ('http' in check) return httpCheck(check.http);
  if ('tcp' in check) return tcpCheck(check.tcp);
  if ('unix' in check) return unixCheck(check.unix);
  if ('udp' in check) return udpCheck(check.udp);
  if ('grpc' in check) return grpcCheck(check.grpc);
  return execCheck(check.exec);
}

/** The result of one check. The timeout decides, also if the check itself does not end. */
async function runCheck(
  timeout: Millis,
  run: HealthCheckFn,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ending = new AbortController();
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  const end = (detail: string) => {
    resolve(detail);
    ending.abort();
  };
  const timer = setTimeout(() => end(`no answer within ${timeout} ms`), timeout);
  const stop = () => end('stopped');
  signal.addEventListener('abort', stop, { once: true });
  // A check that throws, for example without memory for a process, fails; the agent continues.
  const result = run(ending.signal).catch((cause: unknown) =>
    cause instanceof Error ? cause.message : String(cause),
  );
  try {
    return await Promise.race([ended, result]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
