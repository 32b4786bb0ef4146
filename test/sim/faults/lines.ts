import { type Millis, seconds } from '../../../src/domain/time.ts';
import {
  calm,
  type Fate,
  type Line,
  mishaps,
  undelayed,
} from '../../runtime/support/link-faults.ts';
import { anAgent, anyProcess } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import { slowest } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';

const oneWay: Readonly<Record<string, Fate>> = {
  'answers-lost': 'unanswered',
  'requests-lost': 'lost',
  'all-late': 'late',
};

/** Faults of the connection between a process and the store, and an unreachable store. */
export const lineFaults: readonly Fault[] = [
  {
    what: 'cut',
    weight: 3,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 6)),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const line = sim.roster.processOf(whom)?.line;
      if (!line) return;
      line.down = true;
      sim.later(lasts, () => {
        line.down = false;
      });
    },
  },
  {
    what: 'one-way',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      how: dice.pick(['answers-lost', 'requests-lost', 'all-late']),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 3)),
    }),
    happen: (sim, { whom, how = '', lasts = 0 }) => {
      const line = sim.roster.processOf(whom)?.line;
      const fate = oneWay[how];
      if (!line || !fate) return;
      answerWith(line, fate);
      sim.later(lasts, () => {
        line.fate = calm;
      });
    },
  },
  {
    what: 'mute',
    weight: 1,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.1, 6)),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const process = sim.roster.processOf(whom);
      if (!process) return;
      process.mute = true;
      sim.later(lasts, () => {
        process.mute = false;
      });
    },
  },
  {
    what: 'lossy',
    weight: 3,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      often: dice.pick([0.02, 0.1, 0.4]),
      how: dice.pick(['all', 'twice', ...mishaps]),
      times: dice.pick([0, 300, 2000]),
    }),
    happen: (sim, { whom, often = 0, how = 'all', times = 0 }) => {
      const line = sim.roster.processOf(whom)?.line;
      if (!line) return;
      line.patience = times;
      const fates = how === 'all' ? ([...mishaps, 'twice'] as const) : [how as Fate];
      line.fate = () => {
        const fate = fates[Math.floor(sim.fraction() * fates.length)] ?? 'fine';
        return sim.fraction() < often ? fate : 'fine';
      };
    },
  },
  {
    what: 'slow',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anyProcess(dice, shape),
      lasts: dice.pick([5, 50, slowest]),
    }),
    happen: (sim, { whom, lasts = 0 }) => {
      const line = sim.roster.processOf(whom)?.line;
      if (line) line.delay = () => lasts * sim.fraction();
    },
  },
  {
    what: 'mend',
    weight: 3,
    draw: () => ({}),
    happen: (sim) => mendLines(sim),
  },
  {
    what: 'outage',
    weight: 1.2,
    draw: (dice, shape) => ({ lasts: Math.round(shape.lease.ttl * dice.logarithmic(0.05, 6)) }),
    happen: (sim, { lasts = 0 }) => {
      const lines = sim.roster.processes().map(({ line }) => line);
      for (const line of lines) line.down = true;
      sim.later(lasts, () => {
        for (const line of lines) line.down = false;
      });
    },
  },
  {
    what: 'leader-change',
    weight: 1.5,
    draw: (dice) => ({ lasts: Math.round(dice.logarithmic(300, 12_000)) }),
    happen: (sim, { lasts = 0 }) => loseLeader(sim, lasts),
  },
  {
    what: 'connection-dropped',
    weight: 1,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: (sim, { whom }) => {
      const connection = sim.roster.processOf(whom)?.connection;
      connection?.drop('Slow Consumer');
      sim.later(300, () => connection?.become('answering'));
    },
  },
];

/** The outcome of each request of this process until it is changed. */
export function answerWith(line: Line, fate: Fate): void {
  // A process that never waits would retry thousands of times while the clock does not advance.
  line.patience = 1000;
  line.fate = () => fate;
}

export function mendLines({ roster }: Simulated): void {
  for (const { line } of roster.processes()) {
    line.down = false;
    line.fate = calm;
    line.delay = undelayed;
    line.patience = 0;
  }
}

/** The store serves no request for this long, and leases do not lapse meanwhile. */
function loseLeader(sim: Simulated, lasts: Millis): void {
  const { leader, world, audit } = sim.fleet;
  leader.close();
  audit.underWay = Math.max(audit.underWay, lasts + seconds(3));
  const held = [world.leases.holdLapses(), world.registry.holdLapses()];
  sim.later(lasts, () => {
    for (const one of held) one[Symbol.dispose]();
    leader.open();
    sim.servesSince = sim.now;
  });
}
