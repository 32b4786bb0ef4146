import { agentKey } from '../../../../src/domain/identity/registry-keys.ts';
import { Lives } from '../../phases/run-phases.ts';
import type { Checker } from '../checks.ts';

/** A run that is over writes nothing more, does not restart and does not serve. */
export const g3: Checker = {
  guarantee: 'G3',
  of: (sim, complain) => {
    const lives = new Lives();
    return {
      onWritten: ({ events }) => {
        // A run may write more events in the request that records its leave.
        for (const { of, actor, event } of events) {
          if (of.entity === 'session' || of.entity === 'collector') continue;
          const end = lives.endOf(actor.run);
          if (end) complain(`${actor.run} is ${end}, and wrote ${event.type}`);
        }
        for (const run of lives.take(events)) complain(`${run} was started twice`);
      },
      onPeace: () => {
        for (const { agent } of sim.roster.alive()) {
          const end = lives.endOf(agent.run);
          if (end && !sim.byHand.has(agentKey(agent.slot))) {
            complain(`${agent.run} is ${end}, and its agent is ${agent.state}`);
          }
        }
      },
    };
  },
};
