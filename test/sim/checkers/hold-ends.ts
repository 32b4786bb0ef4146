import { holdKey } from '../../../src/domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Process } from '../../runtime/support/process.ts';
import type { Simulated } from '../simulation-result.ts';
import type { Checker } from './checks.ts';

interface Planned {
  readonly at: MonotonicTime;
  /** How long it lasts, by the server's clock at that moment. */
  readonly lasts: Millis;
  /** How far the server's clock was ahead of true time. */
  readonly ahead: Millis;
}

/**
 * No collector ends a hold before its time, unless its own clock and that of the server are both so far
 * ahead: one wrong clock decides nothing.
 */
export const holdEnds: Checker = {
  guarantee: 'a hold lasts until its end',
  of: (sim, complain) => {
    const { fleet } = sim;
    const { world } = fleet;
    const holds = new Map<string, Planned>();
    /** The most that each clock was ever ahead. A judge may use the time of a while ago. */
    let serverAhead = 0;
    const ownAhead = new Map<Process, Millis>();
    const aheadOf = (clock: { wall(): number }) => clock.wall() - fleet.clock.wall();
    const readClocks = () => {
      serverAhead = Math.max(serverAhead, aheadOf(world.clock));
      for (const process of judgesOf(sim)) {
        const most = ownAhead.get(process) ?? Number.NEGATIVE_INFINITY;
        ownAhead.set(process, Math.max(most, aheadOf(process.clock)));
      }
    };
    return {
      onWritten: ({ at, events }) => {
        readClocks();
        for (const { of, event, actor, record } of events) {
          if (of.entity !== 'hold') continue;
          const key = holdKey(of.host, of.agent);
          const until = Number(record?.['until']);
          if (event.type === 'planned' || event.type === 'extended') {
            const ahead = aheadOf(world.clock);
            holds.set(key, { at, lasts: until - world.clock.wall(), ahead });
          }
          const hold = holds.get(key);
          if (event.type !== 'ran-out' || !hold) continue;
          const process = sim.roster.collectors.get(actor.run)?.process ?? sim.operators.process;
          const ahead = Math.min(serverAhead, ownAhead.get(process) ?? 0) - hold.ahead;
          const early = hold.lasts - (at - hold.at) - Math.max(0, ahead);
          if (early > tolerance) complain(`${key} ended ${Math.round(early)} ms early`);
        }
      },
      onLook: readClocks,
    };
  },
};

const judgesOf = ({ roster, operators }: Simulated): readonly Process[] => [
  ...[...roster.collectors.values()].map(({ process }) => process),
  operators.process,
];

/** The end was computed from the server's time a moment before the hold was stored. */
const tolerance: Millis = seconds(3);
