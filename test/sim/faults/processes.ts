import { anAgent, anyProcess, aServer } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';

/** Processes and machines that stop for a time or for ever. */
export const processFaults: readonly Fault[] = [
  {
    what: 'kill',
    weight: 4,
    draw: (dice, shape) => ({ whom: aServer(dice, shape) }),
    happen: (sim, { whom }) => sim.roster.kill(whom),
  },
  {
    what: 'power-loss',
    weight: 2,
    draw: (dice, shape) => ({ whom: aServer(dice, shape) }),
    happen: (sim, { whom }) => sim.roster.processOf(whom)?.vanish(),
  },
  {
    what: 'freeze',
    weight: 4,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 6)),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (!process) return;
      process.freeze();
      sim.later(lasts, () => process.thaw());
    },
  },
  {
    what: 'suspend',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 20)),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (!process) return;
      process.suspend();
      sim.later(lasts, () => process.thaw());
    },
  },
  {
    what: 'kill-all-agents',
    weight: 0.4,
    draw: (dice, shape) => ({ lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.5, 40)) }),
    happen: async (sim, { lasts = 0 }) => {
      for (const place of sim.roster.places) await sim.roster.kill(place);
      sim.later(lasts, () => {
        for (const place of sim.roster.places) sim.roster.startIfFree(place);
      });
    },
  },
  {
    what: 'kill-all-collectors',
    weight: 0.6,
    draw: (dice, shape) => ({ lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.5, 40)) }),
    happen: async (sim, { lasts = 0 }) => {
      for (const name of sim.roster.collectorNames) await sim.roster.kill(name);
      sim.later(lasts, () => {
        for (const name of sim.roster.collectorNames) sim.roster.startCollector(name);
      });
    },
  },
  {
    what: 'crash-loop',
    weight: 1,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape), times: dice.whole(2, 5) }),
    happen: async (sim, { whom = '', times = 0 }) => {
      for (let n = 0; n < times; n += 1) {
        sim.roster.startIfFree(whom);
        await sim.advance(200 * (n + 1));
        await sim.roster.kill(whom);
      }
    },
  },
];
