import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { readInstance } from '../../../src/domain/records/stored-record.ts';
import type { Checks } from '../checkers/checks.ts';
import { recordsIn } from '../records-in.ts';
import type { Simulated } from '../simulation-result.ts';
import * as lie from './histories.ts';

/** Breaks one guarantee: passes a false history to the checker, or puts records where it looks. */
export type Lie = (sim: Simulated, checks: Checks) => void | Promise<void>;

/** By guarantee: title, the expected complaint, and the violation. */
export type Lies = Readonly<Record<string, readonly (readonly [string, RegExp, Lie])[]>>;

export const putRecord = (sim: Simulated, key: string, text: string) =>
  void sim.fleet.world.registry.append(recordSubject(key), text);
export const looked =
  (put: (sim: Simulated) => void): Lie =>
  (sim, { onLook }) => {
    put(sim);
    onLook?.();
  };
export const inPeace =
  (put: (sim: Simulated) => void): Lie =>
  async (sim, { onPeace }) => {
    put(sim);
    await onPeace?.();
  };
export const died =
  (how: Partial<typeof lie.goodDeath>): Lie =>
  (_, { onDeath }) =>
    onDeath?.({ ...lie.goodDeath, ...how });

/** An instance record that exists in the fleet. */
export const instanceIn = ({ fleet }: Simulated) => {
  const read = recordsIn(fleet.world, 'instance.').map(readInstance)[0];
  if (read?.kind !== 'stored') throw new Error('an instance is needed');
  return read;
};
