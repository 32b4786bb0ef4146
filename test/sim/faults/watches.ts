import type { Millis } from '../../../src/domain/time.ts';
import type { Process } from '../../runtime/support/process.ts';
import { aCollector, aConsumer } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import type { Simulated } from '../simulation-result.ts';

/** Watches that pause, or are lost and restarted, and an audit that lags. */
export const watchFaults: readonly Fault[] = [
  {
    what: 'lose-watches',
    weight: 2,
    draw: (dice, shape) => ({
      whom: dice.chance(0.5) ? aCollector(dice, shape) : aConsumer(dice, shape),
    }),
    happen: (sim, { whom }) => sim.roster.processOf(whom)?.loseWatches(),
  },
  {
    what: 'old-view',
    weight: 2,
    draw: (dice, shape) => ({
      whom: dice.chance(0.7) ? aCollector(dice, shape) : aConsumer(dice, shape),
      how: dice.pick(['view', 'sight']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 3)),
    }),
    happen: (sim, { whom, how, lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (process) makeDeaf(sim, process, how, lasts);
    },
  },
  {
    what: 'audit-held-back',
    weight: 1,
    draw: (dice) => ({ lasts: Math.round(dice.logarithmic(1000, 30_000)) }),
    happen: (sim, { lasts = 0 }) => {
      const held = sim.fleet.world.audit.holdBack();
      sim.later(lasts, () => held[Symbol.dispose]());
    },
  },
  {
    what: 'no-advisories',
    weight: 0.5,
    draw: (dice, shape) => ({ lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.1, 6)) }),
    happen: (sim, { lasts = 0 }) => {
      sim.fleet.world.advisories.granted = false;
      sim.later(lasts, () => {
        sim.fleet.world.advisories.granted = true;
      });
    },
  },
];

/** Messages wait in the watch for this long. */
export function makeDeaf(
  sim: Simulated,
  process: Process,
  how: string | undefined,
  lasts: Millis,
): void {
  const gate = how === 'view' ? process.view : process.sight;
  gate.close();
  const from = sim.now;
  sim.goesUnseen(process);
  sim.later(lasts, () => {
    sim.isSeenAgain(process);
    // Another fault that began later may have ended earlier.
    const isOver = how === 'sight' && gate.shut;
    gate.open();
    if (isOver) process.interruptions.push({ why: 'unsighted', from, to: sim.now });
    sim.heardLateAt.set(process, sim.now);
  });
}
