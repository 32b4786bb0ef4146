import { readAgent, readInstance } from '../../../../src/domain/records/stored-record.ts';
import { recordsIn } from '../../records-in.ts';
import type { Checker } from '../checks.ts';

/** After any history the registry ends with exactly the instances that live agents run. */
export const g5: Checker = {
  guarantee: 'G5',
  survivesLoss: true,
  of: (sim, complain) => ({
    onPeace: () => {
      for (const entry of recordsIn(sim.fleet.world, '')) {
        const read = entry.key.startsWith('agent.') ? readAgent(entry) : readInstance(entry);
        if (read.kind !== 'stored' || sim.roster.isAlive(read.record.run)) continue;
        // If the agent record is unreadable, leftovers cannot be recognized.
        const { host, agent } = read.record;
        if (sim.fleet.record(`${host}/${agent}`).kind === 'unreadable') continue;
        complain(`${entry.key} is left of ${read.record.run}`);
      }
    },
  }),
};
