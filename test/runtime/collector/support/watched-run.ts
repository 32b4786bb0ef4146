import { expect } from 'vitest';
import { seconds } from '../../../../src/domain/time.ts';
import type { FleetInMemory } from '../../support/fleet-in-memory.ts';

/** A watched fleet: an agent with two instances, its neighbour, and a collector with a seat. */
export async function watched(
  fleet: FleetInMemory,
  instances: readonly string[] = ['web/1', 'web/2'],
) {
  const c = fleet.collector('h9');
  const a = fleet.agent('h1/a', instances);
  const b = fleet.agent('h1/b', ['web/3']);
  await fleet.advance(seconds(5));
  expect(c.collector.state).toBe('watching');
  return { a, b, c };
}
