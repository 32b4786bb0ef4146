import { type Metrics, noopMetrics } from '../../../src/ports/metrics.ts';

/** Meters, and what they were told: each fact with what it is about. */
export function recordedFacts() {
  const told: [fact: string, ...about: unknown[]][] = [];
  const facts = Object.keys(noopMetrics).map((fact) => [
    fact,
    (...about: unknown[]) => void told.push([fact, ...about]),
  ]);
  return { told, metrics: Object.fromEntries(facts) as Metrics };
}
