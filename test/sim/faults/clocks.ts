import { days, hours, seconds } from '../../../src/domain/time.ts';
import { anAgent, anyProcess } from '../schedule/draw-target.ts';
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

/** Clocks that are wrong by hours and days, also while a hold lasts: it must end at its time. */
export const longSteps: readonly [Fault, ...Fault[]] = [
  {
    what: 'set-clock-by-days',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: dice.pick([-days(30), -days(2), -days(1), days(1), days(2), days(30)]),
    }),
    happen: (sim, { whom, lasts = 0 }) => sim.roster.processOf(whom)?.clock.setWall(lasts),
  },
  {
    // The agent is stopped for maintenance; a collector that judges is far ahead, or the server is.
    what: 'hold-by-a-wrong-clock',
    weight: 3,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['collector', 'collector', 'server']),
      times: dice.whole(0, 2),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(1, 6)),
      often: dice.pick([hours(3), days(1), days(3)]),
    }),
    happen: async (sim, { whom = '', how, times = 0, lasts = 0, often: by = 0 }) => {
      sim.operators.hold(whom, false, lasts);
      await sim.advance(seconds(3));
      await sim.roster.kill(whom);
      const collectors = sim.roster.livingCollectors();
      if (how === 'server') sim.fleet.world.setClock(by);
      else collectors[times % collectors.length]?.process.clock.setWall(by);
      await sim.advance(lasts / 2);
    },
  },
];
