import { days, hours, type Millis, seconds } from '../../../src/domain/time.ts';
import type { Process } from '../../runtime/support/process.ts';
import { aCollector, aConsumer } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import type { Simulated } from '../simulation-result.ts';
import { makeDeaf } from './watches.ts';

/** Faults of the store itself: it refuses consumers, delivers nothing for long, or has a wrong clock. */
export const storeFaults: readonly [Fault, ...Fault[]] = [
  {
    // Its right was narrowed, or the stream has all the consumers that it may have.
    what: 'watch-refused',
    weight: 3,
    draw: (dice, shape) => ({
      whom: dice.chance(0.8) ? aCollector(dice, shape) : aConsumer(dice, shape),
      how: dice.pick(['registry', 'registry', 'leases']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.5, 10)),
    }),
    happen: (sim, { whom, how, lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (process) refuse(sim, [process], how, lasts);
    },
  },
  {
    // The watch of the registry is open and delivers nothing, while everything else works.
    what: 'dead-view',
    weight: 2,
    draw: (dice, shape) => ({
      whom: aCollector(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(1, 10)),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (process) makeDeaf(sim, process, 'view', lasts);
    },
  },
  {
    // A run dies while every collector has lost the same watch.
    what: 'unseen-death',
    weight: 2,
    draw: (dice, shape) => ({
      how: dice.pick(['registry', 'leases']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.5, 4)),
    }),
    happen: async (sim, { how, lasts = 0 }) => {
      const collectors = sim.roster.livingCollectors().map(({ process }) => process);
      refuse(sim, collectors, how, lasts);
      await sim.advance(seconds(1));
      await sim.roster.kill(sim.roster.places[0]);
    },
  },
  {
    // The server stamps messages and ends leases by its own wall clock.
    what: 'set-server-clock',
    weight: 2,
    draw: (dice) => ({
      lasts: dice.pick([-days(1), -hours(1), seconds(-3), seconds(3), hours(1), days(1)]),
    }),
    happen: (sim, { lasts = 0 }) => {
      sim.serverClockWasSetBack ||= lasts < 0;
      sim.fleet.world.setClock(lasts);
    },
  },
];

/** These processes may not make this watch for so long. One that may not make the other one is left out. */
function refuse(
  sim: Simulated,
  all: readonly Process[],
  how: string | undefined,
  lasts: Millis,
): void {
  const processes = all.filter((process) => !sim.unseenSince.has(process));
  for (const process of processes) {
    process.line.refusedWatch = how === 'leases' ? 'leases' : 'registry';
    sim.goesUnseen(process);
  }
  sim.later(lasts, () => {
    for (const process of processes) {
      process.line.refusedWatch = undefined;
      sim.isSeenAgain(process);
    }
  });
}

/** All watches can be made again. */
export function allowWatches({ roster }: Simulated): void {
  for (const { line } of roster.processes()) line.refusedWatch = undefined;
}
