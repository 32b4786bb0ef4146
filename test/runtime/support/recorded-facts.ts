import { type Meters, noMeters } from '../../../src/ports/metrics.ts';

/** Meters, and what they were told: each fact with what it is about. */
export function recordedFacts() {
  const told: [fact: string, ...about: unknown[]][] = [];
  const facts = Object.keys(noMeters).map((fact) => [
    fact,
    (...about: unknown[]) => void told.push([fact, ...about]),
  ]);
  return { told, meters: Object.fromEntries(facts) as Meters };
}
