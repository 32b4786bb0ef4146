import type { Fault } from '../happening.ts';
import { anAgent, anyProcess, aServer } from '../whom.ts';

/** Processes and machines that stop, for a while or for good. */
export const processFaults: readonly Fault[] = [
  {
    what: 'kill',
    weight: 4,
    draw: (dice, shape) => ({ whom: aServer(dice, shape) }),
    happen: (sim, { whom }) => sim.kill(whom),
  },
  {
    what: 'power-loss',
    weight: 2,
    draw: (dice, shape) => ({ whom: aServer(dice, shape) }),
    happen: (sim, { whom }) => sim.processOf(whom)?.vanish(),
  },
  {
    what: 'freeze',
    weight: 4,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 6)),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const process = sim.processOf(whom);
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
      const process = sim.processOf(whom);
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
      for (const place of sim.places) await sim.kill(place);
      sim.later(lasts, () => {
        for (const place of sim.places) sim.startIfFree(place);
      });
    },
  },
  {
    what: 'kill-all-collectors',
    weight: 0.6,
    draw: (dice, shape) => ({ lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.5, 40)) }),
    happen: async (sim, { lasts = 0 }) => {
      for (const name of sim.collectorNames) await sim.kill(name);
      sim.later(lasts, () => {
        for (const name of sim.collectorNames) sim.startCollector(name);
      });
    },
  },
  {
    what: 'crash-loop',
    weight: 1,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape), times: dice.whole(2, 5) }),
    happen: async (sim, { whom = '', times = 0 }) => {
      for (let n = 0; n < times; n += 1) {
        sim.startIfFree(whom);
        await sim.advance(200 * (n + 1));
        await sim.kill(whom);
      }
    },
  },
];
