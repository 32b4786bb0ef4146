import { Readiness } from '../adapters/metrics/readiness.ts';
import type { ListenAt } from '../adapters/metrics/scrape-endpoint.ts';
import { systemClock } from '../adapters/system/clock.ts';

/**
 * Starts collecting metrics, and an HTTP endpoint where Prometheus reads them and where probes ask for health and
 * readiness. `version`: of this program.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function startMetrics(at: ListenAt, version: string) {
  const [{ processRegistry, prometheusMetrics: prometheusMeters }, { serveMetrics }] =
    await Promise.all([
      import('../adapters/metrics/prometheus.ts'),
      import('../adapters/metrics/scrape-endpoint.ts'),
    ]);
  const registry = processRegistry();
  const metrics = prometheusMeters(registry, systemClock, version);
  const readiness = new Readiness();
  return { metrics, readiness, ...(await serveMetrics(registry, at, readiness)) };
}

/** The readiness of a process that has no endpoint: it is reported, and no probe asks. */
export const unasked = (): Readiness => new Readiness();

export type { Readiness };
