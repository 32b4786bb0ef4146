import { hours, seconds } from '../../../src/domain/time.ts';
import { specOf } from '../../runtime/support/fleet-in-memory.ts';
import { atMoment } from '../phases/targeted-races.ts';
import { anAgent } from '../schedule/draw-target.ts';
import type { Fault, Happening } from '../schedule/fault.ts';
import { writeByHand } from '../schedule/manual-edits.ts';
import { movedFrom, type Shape } from '../schedule/parameters.ts';
import type { Dice } from '../schedule/random-draws.ts';

/**
 * Faults that were once found on real servers and that the other happenings do not reach: a second process must
 * act within a fraction of a ttl, or a checker must look within it.
 */
export const oldFaults: readonly [Fault, ...Fault[]] = [
  {
    // The server keeps the seats of dead collectors for hours: they die before they renew with the new clock.
    what: 'seats-of-the-dead',
    weight: 1,
    draw: (dice) => ({ lasts: dice.pick([-hours(1), -hours(5)]) }),
    happen: async (sim, { lasts = 0 }) => {
      for (const name of sim.roster.collectorNames) sim.roster.startCollector(name);
      await sim.advance(sim.shape.lease.ttl + seconds(5));
      sim.serverClockWasSetBack = true;
      sim.fleet.world.setClock(lasts);
      for (const { process } of sim.roster.livingCollectors()) process.vanish();
      for (const name of sim.roster.collectorNames) sim.roster.startCollector(name);
    },
  },
  {
    // Two agents register one name, and the later one counts.
    what: 'contested',
    weight: 0,
    draw: () => ({}),
    happen: async (sim, { whom = '' }) => {
      const rival = movedFrom(whom);
      for (const place of [rival, whom]) {
        sim.roster.startIfFree(place);
        await sim.advance(seconds(3));
        const one = sim.roster.agentAt(place);
        if (one) sim.roster.want(one, [...sim.roster.wantedBy(one), specOf('web/contested')]);
        await sim.advance(seconds(1));
      }
    },
  },
  {
    // A restarted agent takes its slot alone, because its first commit is refused, and stands still then: none of its
    // instances is adopted.
    what: 'adopts-nothing-yet',
    weight: 1,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.3, 0.9)),
    }),
    happen: async (sim, { whom = '', lasts = 0 }) => {
      await sim.roster.kill(whom);
      sim.roster.startIfFree(whom);
      const process = sim.roster.processOf(whom);
      if (!process) return;
      process.beforeCommit = async ({ writes }) => {
        process.beforeCommit = undefined;
        const one = writes.find(({ key }) => key.startsWith('instance.'));
        if (one) writeByHand(sim, one.key, undefined);
      };
      atMoment(sim, whom, 'after-commit', 2, () => {
        process.freeze();
        sim.later(lasts, () => process.thaw());
      });
      await sim.advance(seconds(1));
    },
  },
  {
    // A machine was restored from a snapshot: to its agent, the process of the holder is gone, and it works elsewhere.
    what: 'restored-machine',
    weight: 1,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: async (sim, { whom = '' }) => {
      sim.roster.startIfFree(whom);
      await sim.advance(seconds(30));
      sim.roster.start(whom, { isRestored: true });
      await sim.advance(seconds(10));
    },
  },
];

/** One of the old faults, with what it needs before it, and a look at its result before it is over. */
export function drawOldFault(dice: Dice, shape: Shape): readonly Happening[] {
  const { what, draw } = dice.weighted(oldFaults);
  const drawn = draw(dice, shape);
  const contested = { after: 0, what: 'contested', whom: drawn.whom ?? '' };
  const look = { after: 100, what: 'nothing' };
  const before = what === 'adopts-nothing-yet' ? [contested, look] : [];
  return [...before, { after: 100, what, ...drawn }, look];
}
