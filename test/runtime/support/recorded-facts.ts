import { type Metrics, noopMetrics } from '../../../src/ports/metrics.ts';

/** Metrics, and their recorded facts with their arguments. */
export function recordedFacts() {
  const facts: [fact: string, ...about: unknown[]][] = [];
  const recorders = Object.keys(noopMetrics).map((fact) => [
    fact,
    (...about: unknown[]) => void facts.push([fact, ...about]),
  ]);
  return { facts, metrics: Object.fromEntries(recorders) as Metrics };
}
