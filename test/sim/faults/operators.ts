import { seconds } from '../../../src/domain/time.ts';
import { anAgent } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';

/** Actions of operators. */
export const operatorDeeds: readonly Fault[] = [
  {
    what: 'hold',
    weight: 1.5,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['host', 'agent']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.2, 8)),
    }),
    happen: (sim, { whom = '', how, lasts = 0 }) => sim.operators.hold(whom, how === 'host', lasts),
  },
  {
    what: 'release',
    weight: 1,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape), how: dice.pick(['host', 'agent']) }),
    happen: (sim, { whom = '', how }) => sim.operators.release(whom, how === 'host'),
  },
  {
    what: 'set-policy',
    weight: 0.7,
    draw: (dice) => ({
      times: dice.whole(1, 3),
      lasts: seconds(dice.whole(1, 20)),
      often: dice.pick([0.1, 0.3, 0.6]),
    }),
    happen: (sim, { times = 1, lasts = 0, often = 0 }) => {
      sim.leastPace = Math.min(sim.leastPace, lasts);
      sim.operators.setPolicy({ seats: times, pace: lasts, fraction: often });
    },
  },
  {
    what: 'gc-run',
    weight: 1,
    draw: (dice, shape) => ({ lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.1, 4)) }),
    happen: (sim, { lasts = 0 }) => sim.operators.visit(lasts),
  },
];
