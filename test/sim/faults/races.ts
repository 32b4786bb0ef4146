import { seconds } from '../../../src/domain/time.ts';
import type { AgentProcess } from '../../runtime/support/fleet-in-memory.ts';
import { calm } from '../../runtime/support/link-faults.ts';
import { anAgent } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import type { Simulated } from '../simulation-result.ts';
import { answerWith } from './lines.ts';
import { makeDeaf } from './watches.ts';

/**
 * Combinations that other faults reach once in thousands of seeds, made on purpose: several faults, each
 * at the moment at which only one rule keeps harm away.
 */
export const races: readonly [Fault, ...Fault[]] = [
  {
    // It returns after its expiry is written and before anything is removed, and tries to write.
    what: 'back-before-the-removal',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      lasts: Math.round(dice.logarithmic(1000, 20_000)),
    }),
    happen: async (sim, { whom = '', lasts = 0 }) => {
      const one = await startedAt(sim, whom);
      if (!one) return;
      one.process.freeze();
      sim.awaited.on(one.agent.run, 'expired', () => {
        const collectors = sim.roster.livingCollectors();
        for (const { process } of collectors) process.freeze();
        one.process.thaw();
        sim.roster.wantOneMore(whom);
        sim.later(lasts, () => {
          for (const { process } of collectors) process.thaw();
        });
      });
    },
  },
  {
    // A hold is set when its grace is nearly over, and reaches no view in time.
    what: 'hold-unseen',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['host', 'agent']),
      lasts: dice.pick([100, 500, 2000]),
    }),
    happen: async (sim, { whom = '', how, lasts = 0 }) => {
      const one = await startedAt(sim, whom);
      if (!one) return;
      one.process.freeze();
      const { ttl, grace } = sim.shape.lease;
      sim.awaited.on(one.agent.run, 'suspected', () =>
        sim.later(Math.max(0, grace - lasts), () => {
          const watching = sim.roster.livingCollectors().map(({ process }) => process);
          for (const process of watching) process.view.close();
          sim.operators.hold(whom, how === 'host', 4 * ttl);
          sim.later(2 * lasts + seconds(5), () => {
            for (const process of watching) process.view.open();
          });
        }),
      );
    },
  },
  {
    // It is reachable again as its grace ends, and has not requested its lease yet.
    what: 'answers-before-its-lease',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      lasts: dice.pick([20, 100, 300, 700]),
    }),
    happen: async (sim, { whom = '', lasts = 0 }) => {
      const one = await startedAt(sim, whom);
      if (!one) return;
      const { line } = one.process;
      answerWith(line, 'lost');
      const { grace } = sim.shape.lease;
      sim.awaited.on(one.agent.run, 'suspected', () =>
        sim.later(Math.max(0, grace - lasts), () => {
          line.fate = calm;
        }),
      );
    },
  },
  {
    // No collector sees a renewal, each keeps its seat, and meanwhile the seat lapses.
    what: 'silent-while-unseen',
    weight: 1,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      lasts: Math.round(shape.lease.ttl * dice.logarithmic(1.5, 4)),
    }),
    happen: async (sim, { whom = '', lasts = 0 }) => {
      const one = await startedAt(sim, whom);
      if (!one) return;
      for (const { process } of sim.roster.livingCollectors())
        makeDeaf(sim, process, 'sight', lasts);
      one.process.freeze();
    },
  },
  {
    // Maintenance of all hosts: their silence is no reason to brake.
    what: 'planned-silence',
    weight: 1,
    draw: (_, { lease: { ttl, grace } }) => ({ lasts: 2 * (ttl + grace) }),
    happen: async (sim, { lasts = 0 }) => {
      for (const place of sim.roster.places) sim.operators.hold(place, true, lasts);
      await sim.advance(seconds(3));
      for (const place of sim.roster.places) await sim.roster.kill(place);
    },
  },
  {
    // Most of a zone is silent together, without a connection fault or a clock fault.
    what: 'all-silent',
    weight: 1,
    draw: () => ({}),
    happen: async (sim) => {
      for (const place of sim.roster.places) sim.roster.startIfFree(place);
      await sim.advance(seconds(5));
      for (const { process } of sim.roster.alive()) process.freeze();
    },
  },
];

/** The agent with this name, started if it is missing. */
async function startedAt(sim: Simulated, place: string): Promise<AgentProcess | undefined> {
  sim.roster.startIfFree(place);
  await sim.advance(seconds(3));
  return sim.roster.agentAt(place);
}
