import { seconds } from '../../../src/domain/time.ts';
import { anyProcess } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';

/** Steps of the wall clocks of machines. The drift of each machine's clocks is part of the parameters. */
export const clockFaults: readonly Fault[] = [
  {
    what: 'set-clock',
    weight: 1.5,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: dice.pick([seconds(-36_000), seconds(-3), seconds(-0.4), seconds(3), seconds(36_000)]),
    }),
    happen: (sim, { whom, lasts = 0 }) => sim.roster.processOf(whom)?.clock.setWall(lasts),
  },
];
