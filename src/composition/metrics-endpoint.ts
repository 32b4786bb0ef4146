import type { ListenAt } from '../adapters/metrics/scrape-endpoint.ts';
import { systemClock } from '../adapters/system/clock.ts';

/**
 * Starts collecting metrics, and an HTTP endpoint where Prometheus reads them.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function startMetrics(at: ListenAt) {
  const [{ processRegistry, prometheusMetrics: prometheusMeters }, { serveMetrics }] =
    await Promise.all([
      import('../adapters/metrics/prometheus.ts'),
      import('../adapters/metrics/scrape-endpoint.ts'),
    ]);
  const registry = processRegistry();
  const metrics = prometheusMeters(registry, systemClock);
  return { metrics, ...(await serveMetrics(registry, at)) };
}
