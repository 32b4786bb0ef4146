import type { Moment } from '../../runtime/support/surroundings.ts';
import { atMoment, backAtTheLast, meanwhile } from '../phases/targeted-races.ts';
import { aCollector, anAgent } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';

const atAgents = ['before-commit', 'after-commit', 'before-renewal', 'after-renewal'] as const;
const atCollectors = [...atAgents, 'before-probe', 'after-probe'] as const;

/** Faults right before or after the n-th write or request of a process: the worst moments. */
export const momentFaults: readonly Fault[] = [
  {
    what: 'kill-at',
    weight: 2.5,
    draw: (dice, shape) => ({
      ...whomAndWhen(dice.chance(0.7), dice, shape),
      times: dice.pick([1, 1, 1, 2, 3, 5]),
    }),
    happen: (sim, { whom, how, times = 1 }) =>
      atMoment(sim, whom, how as Moment, times, () => sim.roster.kill(whom)),
  },
  {
    what: 'freeze-at',
    weight: 3,
    draw: (dice, shape) => ({
      ...whomAndWhen(dice.chance(0.4), dice, shape),
      times: dice.pick([1, 1, 2]),
      lasts: Math.round(
        dice.pick([
          shape.lease.ttl + dice.whole(-2, 2),
          shape.lease.ttl + shape.lease.grace + dice.whole(-2, 2),
          shape.lease.ttl * dice.logarithmic(0.1, 3),
          dice.logarithmic(50, 5000),
        ]),
      ),
    }),
    happen: (sim, { whom, how, times = 1, lasts = 0 }) =>
      atMoment(sim, whom, how as Moment, times, () => {
        const process = sim.roster.processOf(whom);
        process?.freeze();
        sim.later(lasts, () => process?.thaw());
      }),
  },
  {
    // It is stopped with a write pending, and another run takes its slot meanwhile.
    what: 'overtaken',
    weight: 1,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.1, 4)),
    }),
    happen: (sim, { whom = '', lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (!process) return;
      atMoment(sim, whom, 'before-commit', 1, () => {
        process.freeze();
        sim.roster.start(whom, { takeover: true });
        sim.later(lasts, () => process.thaw());
      });
      sim.roster.wantOneMore(whom);
    },
  },
  {
    // A collector has judged, and the record changes before its write arrives.
    what: 'meanwhile',
    weight: 2,
    draw: (dice, shape) => ({
      whom: aCollector(dice, shape),
      how: dice.pick(['held', 'back', 'restarted', 'changed']),
      times: dice.pick([1, 1, 2, 3]),
      lasts: dice.pick([20, 200, 2000]),
    }),
    happen: (sim, { whom, how = '', times = 1, lasts = 0 }) =>
      meanwhile(sim, whom, how, times, lasts),
  },
  {
    what: 'back-at-the-last-moment',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['lapse', 'suspected', 'grace-over', 'expired']),
      lasts: dice.pick([-50, -1, 0, 0, 1, 50, 500]),
    }),
    happen: (sim, { whom = '', how = '', lasts = 0 }) => backAtTheLast(sim, whom, how, lasts),
  },
];

const whomAndWhen = (
  ofCollector: boolean,
  dice: Parameters<Fault['draw']>[0],
  shape: Parameters<Fault['draw']>[1],
) =>
  ofCollector
    ? { whom: aCollector(dice, shape), how: dice.pick(atCollectors) }
    : { whom: anAgent(dice, shape), how: dice.pick(atAgents) };
