import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import type { Simulated } from '../simulation-result.ts';

/** A foreign tool writes or deletes a record. */
export function writeByHand(sim: Simulated, key: string, text: string | undefined): void {
  sim.byHand.set(key, text);
  sim.fleet.byHand(key, text);
  sim.served();
}

/** A write that only a bug could make: it has no event. */
export function writeUnexplained(sim: Simulated, key: string): void {
  sim.fleet.world.registry.append(recordSubject(key), '{"v":1,"hash":"x"}');
  sim.served();
}
