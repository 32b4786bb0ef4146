import { specOf } from '../../runtime/support/fleet-in-memory.ts';
import { anAgent, aServer } from '../schedule/draw-target.ts';
import type { Fault } from '../schedule/fault.ts';
import { movedFrom, namesAt } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';

/** Actions of agents, spontaneous or forced; all of them are allowed. */
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
    happen: (sim, { whom = '' }) => sim.roster.startIfFree(whom),
  },
  {
    what: 'replace',
    weight: 3,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: (sim, { whom = '' }) => replace(sim, whom),
  },
  {
    what: 'report',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['failing', 'serving']),
    }),
    happen: (sim, { whom = '', how }) => report(sim, whom, how === 'failing'),
  },
  {
    what: 'leave',
    weight: 1.5,
    draw: (dice, shape) => ({ whom: anAgent(dice, shape) }),
    happen: (sim, { whom }) => void sim.roster.agentAt(whom)?.agent.stop(),
  },
  {
    what: 'same-name-twice',
    weight: 1.5,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['takes-over', 'asks']),
    }),
    happen: (sim, { whom = '', how }) => sim.roster.start(whom, { takeover: how === 'takes-over' }),
  },
  {
    what: 'other-identity',
    weight: 2,
    draw: (dice, shape) => ({
      whom: anAgent(dice, shape),
      how: dice.pick(['after-a-kill', 'beside-it', 'after-a-freeze', 'back-again']),
    }),
    happen: (sim, { whom = '', how = '' }) => changeIdentity(sim, whom, how),
  },
];

function replace({ roster, fraction }: Simulated, place: string): void {
  const one = roster.agentAt(place);
  if (!one) return;
  const port = fraction() < 0.5 ? 80 : 81;
  roster.want(
    one,
    roster.someAt(place).map((spec) => ({ ...spec, port })),
  );
}

function report({ roster, shape }: Simulated, place: string, failing: boolean): void {
  const [first] = namesAt(place, shape);
  if (first === undefined) return;
  const health = failing ? ({ state: 'failing', detail: 'refused' } as const) : serving;
  roster.agentAt(place)?.agent.report(specOf(first), health);
}

/** The host starts under another name and runs the same instances. */
async function changeIdentity(sim: Simulated, place: string, how: string): Promise<void> {
  const { roster, fleet } = sim;
  const other = movedFrom(place);
  if (how === 'back-again') {
    const moved = roster.agentAt(other);
    if (moved) await fleet.kill(moved.process);
    return roster.startIfFree(place);
  }
  const before = roster.agentAt(place);
  if (how === 'after-a-kill' && before) await fleet.kill(before.process);
  if (how === 'after-a-freeze') {
    before?.process.freeze();
    const { ttl, grace } = sim.shape.lease;
    sim.later(1.5 * (ttl + grace), () => before?.process.thaw());
  }
  if (!roster.agentAt(other)) roster.start(other);
}

const serving = { state: 'serving' } as const;
