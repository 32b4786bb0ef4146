import { agentKey, instanceKey } from '../../../../src/domain/identity/registry-keys.ts';
import type { Millis, MonotonicTime } from '../../../../src/domain/time.ts';
import { Lives } from '../../phases/run-phases.ts';
import type { Checker } from '../checks.ts';

/**
 * Another run removes or adopts the instances of a run only when that run is over. Leftovers whose owner’s
 * end is unknown are removed only after they were unchanged for a ttl and a grace.
 */
export const g1: Checker = {
  guarantee: 'G1',
  of: (sim, complain) => {
    const lives = new Lives();
    const writtenAt = new Map<string, MonotonicTime>();
    const { lease, drift } = sim.shape;
    const least: Millis = (lease.ttl + lease.grace) * (1 - 2 * drift) - 1;
    return {
      onWritten: ({ at, events, records }) => {
        // The request that ends a run may also remove its instances.
        lives.take(events);
        for (const { of, actor, event } of events) {
          if (of.entity !== 'instance' || actor.run === of.run) continue;
          const { type } = event;
          if (type !== 'removed' && type !== 'adopted') complain(`${type} by another: ${of.id}`);
          const stood = at - (writtenAt.get(instanceKey(of)) ?? 0);
          const isLeftover = event['why'] === 'superseded' || event['why'] === 'orphan';
          if (isLeftover && stood < least) complain(`${of.id} removed after ${stood} ms`);
          // Another tool removed the agent record, so the slot was free.
          if (lives.endOf(of.run) || sim.byHand.has(agentKey(of))) continue;
          complain(`${of.service}/${of.id} of ${of.run}, which lives, ${type} by ${actor.run}`);
        }
        for (const { key } of records) writtenAt.set(key, at);
      },
    };
  },
};
