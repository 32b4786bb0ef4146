import type { AddressInfo, Server } from 'node:net';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { checkHealth } from '../../../../src/adapters/system/health/run-health-check.ts';
import type { Health } from '../../../../src/domain/records/desired-instances.ts';
import type { HealthCheck } from '../../../../src/domain/records/health-check.ts';

/** A check every 5 ms that fails and passes at the first result. */
export const often = {
  ...{ every: 5, timeout: 5000, failAfter: 1, passAfter: 1, startPeriod: 0 },
  initial: 'failing',
} as const;
export const ok: Health = { state: 'serving' };
export const failing = (detail: unknown): unknown => ({ state: 'failing', detail });

/** The first `count` reports of a check. */
export async function reports(check: HealthCheck, count = 1): Promise<Health[]> {
  const found: Health[] = [];
  const stop = new AbortController();
  const report = (health: Health) => {
    found.push(health);
    if (found.length === count) stop.abort();
  };
  await checkHealth(check, report, systemClock, stop.signal);
  return found;
}

/** Lets a server listen on loopback, at any free port by default. */
export async function listening(server: Server, port = 0) {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: address.port, close, [Symbol.asyncDispose]: close };
}
