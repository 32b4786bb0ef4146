import { agentKey } from '../../../src/domain/keys.ts';
import type { Checker } from '../checks.ts';
import { Lives } from '../lives.ts';

/** What a run owns is removed or adopted by another only when that run is over. */
export const g1: Checker = {
  guarantee: 'G1',
  of: (sim, complain) => {
    const lives = new Lives();
    return {
      onWritten: ({ events }) => {
        // Whoever ends a run may remove what it owned in the same request.
        lives.take(events);
        for (const { of, actor, event } of events) {
          if (of.entity !== 'instance' || actor.run === of.run) continue;
          const { type } = event;
          if (type !== 'removed' && type !== 'adopted') complain(`${type} by another: ${of.id}`);
          // Somebody's tool took the record away: so the slot was free.
          if (lives.endOf(of.run) || sim.byHand.has(agentKey(of))) continue;
          complain(`${of.service}/${of.id} of ${of.run}, which lives, ${type} by ${actor.run}`);
        }
      },
    };
  },
};
