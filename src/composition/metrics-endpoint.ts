import { Readiness } from '../adapters/metrics/readiness.ts';
import type { ListenAt } from '../adapters/metrics/scrape-endpoint.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { openEndpoint, type PatientEvents } from './open-endpoint.ts';

/**
 * Starts collecting metrics, and an HTTP endpoint where Prometheus reads them and where probes ask for health and
 * readiness. `version`: of this program. An address that cannot be opened is tried again; until then, the process
 * does its work without the endpoint.
 */
export async function startMetrics(at: ListenAt, version: string, events: PatientEvents) {
  const [{ processRegistry, prometheusMetrics: prometheusMeters }, { serveMetrics }] =
    await Promise.all([
      import('../adapters/metrics/prometheus.ts'),
      import('../adapters/metrics/scrape-endpoint.ts'),
    ]);
  const registry = processRegistry();
  const metrics = prometheusMeters(registry, systemClock, version);
  const readiness = new Readiness();
  const open = () => serveMetrics(registry, at, readiness);
  const endpoint = await openEndpoint('metrics', open, metrics, events);
  return { metrics, readiness, endpoint };
}

/** The readiness of a process that has no endpoint: it is reported, and no probe asks. */
export const unasked = (): Readiness => new Readiness();

export type { Readiness };
