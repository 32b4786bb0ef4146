import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import type { Simulated } from '../simulation-result.ts';

/** Somebody's tool writes a record, or deletes one. */
export function writeByHand(sim: Simulated, key: string, text: string | undefined): void {
  sim.byHand.set(key, text);
  sim.fleet.byHand(key, text);
  sim.served();
}

/** As only a bug of ours could: nobody says that it was done. */
export function writeUnexplained(sim: Simulated, key: string): void {
  sim.fleet.world.registry.append(recordSubject(key), '{"v":1,"hash":"x"}');
  sim.served();
}
