import { seconds } from '../../../../src/domain/time.ts';
import type { FleetInMemory } from '../../support/fleet-in-memory.ts';

/** A dead agent with instances, and a live neighbour. */
export async function oneDead(fleet: FleetInMemory) {
  const dead = fleet.agent('h1/a', ['web/1', 'web/2', 'db/1']);
  const alive = fleet.agent('h2/a', ['web/3']);
  await fleet.advance(seconds(1));
  await fleet.kill(dead.process);
  return { dead, alive };
}

/** More requests than a collector needs to find a dead run, expire it and remove its records. */
export const requests = 90;
