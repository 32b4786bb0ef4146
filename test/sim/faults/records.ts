import { anAgent } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import { writeByHand, writeUnexplained } from '../schedule/manual-edits.ts';

const garbage: Readonly<Record<string, string>> = {
  empty: '',
  'no-json': '{"v":1,',
  'later-version': '{"v":99,"run":"x"}',
  list: '[]',
  huge: JSON.stringify({ v: 1, labels: 'x'.repeat(100_000) }),
};

/** Records that a foreign tool wrote or deleted. */
export const recordFaults: readonly Fault[] = [
  {
    what: 'bad-record',
    weight: 1.5,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['empty', 'no-json', 'later-version', 'list', 'huge']),
      times: dice.whole(0, 4),
    }),
    happen: (sim, { whom = '', how = '', times = 0 }) => {
      const [host, agent] = whom.split('/');
      const key = [
        `instance.${host}.${agent}.stray.${times}`,
        `instance.x${times}.y.stray.1`,
        `agent.x${times}.y`,
        `nonsense.${times}`,
        'agent.=GG.x',
      ][times];
      writeByHand(sim, key ?? 'nonsense', garbage[how]);
    },
  },
  {
    what: 'slot-record-by-hand',
    weight: 0.5,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['deleted', 'empty', 'no-json', 'later-version']),
    }),
    happen: (sim, { whom = '', how = '' }) => {
      const [host, agent] = whom.split('/');
      writeByHand(sim, `agent.${host}.${agent}`, garbage[how]);
    },
  },
  {
    // Its agent is dead and its agent record is deleted, so no process knows of it.
    what: 'orphan',
    weight: 0.5,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: async (sim, { whom = '' }) => {
      await sim.roster.kill(whom);
      writeByHand(sim, `agent.${whom.replace('/', '.')}`, undefined);
    },
  },
  {
    // Never drawn: planted by tests to see the checkers fail.
    what: 'unexplained-record',
    weight: 0,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: (sim, { whom = '' }) => writeUnexplained(sim, `instance.${whom.replace('/', '.')}.x.1`),
  },
];
