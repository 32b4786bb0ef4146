import type { Fault } from '../happening.ts';
import { anAgent, aServer } from '../whom.ts';

/** What agents do by themselves, or are made to do: all of it is allowed. */
export const agentDeeds: readonly Fault[] = [
  {
    what: 'nothing',
    weight: 4,
    draw: () => ({}),
    happen: () => {},
  },
  {
    what: 'start',
    weight: 7,
    draw: (dice, shape) => ({ whom: aServer(dice, shape) }),
    happen: (sim, { whom = '' }) => sim.startIfFree(whom),
  },
  {
    what: 'replace',
    weight: 3,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: (sim, { whom = '' }) => sim.replace(whom),
  },
  {
    what: 'report',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['failing', 'serving']),
    }),
    happen: (sim, { whom = '', how }) => sim.report(whom, how === 'failing'),
  },
  {
    what: 'leave',
    weight: 1.5,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: (sim, { whom }) => void sim.agentAt(whom)?.agent.stop(),
  },
  {
    what: 'same-name-twice',
    weight: 1.5,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['takes-over', 'asks']),
    }),
    happen: (sim, { whom = '', how }) => sim.start(whom, { takeover: how === 'takes-over' }),
  },
  {
    what: 'other-identity',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['after-a-kill', 'beside-it', 'after-a-freeze', 'back-again']),
    }),
    happen: (sim, { whom = '', how = '' }) => sim.changeIdentity(whom, how),
  },
];
