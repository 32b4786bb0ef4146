import type { Cast, Plan } from './faults/fault-plan.ts';
import type { ChaosServers } from './servers/servers.ts';

/** Two agents on each host, and a collector for each of the three seats. */
export const standardCast = (agents: number): Cast => ({
  agents: Array.from({ length: agents }, (_, n) => `h${(n >> 1) + 1}/${n % 2 === 0 ? 'a' : 'b'}`),
  collectors: ['c1', 'c2', 'c3'],
});

/** The command that repeats the plan. The result may differ, because faults hit other moments. */
export const replayCommand = (
  { seed, length }: Plan,
  cast: Cast,
  on: ChaosServers['kind'],
): string =>
  `npm run chaos -- --seed ${seed} --minutes ${length / 60_000} --agents ${cast.agents.length} --${on}`;
