import { type Millis, seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from './fleet-in-memory.ts';

/** Advances the time until the condition is true; returns the time that took. */
export async function until(
  fleet: FleetInMemory,
  so: () => boolean,
  within: Millis = seconds(60),
): Promise<Millis> {
  const from = fleet.clock.monotonic();
  while (!so()) {
    if (fleet.clock.monotonic() - from > within) throw new Error(`not within ${within} ms: ${so}`);
    await fleet.advance(10);
  }
  return fleet.clock.monotonic() - from;
}
