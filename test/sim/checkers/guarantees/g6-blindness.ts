import { recordSubject } from '../../../../src/adapters/memory/server/subjects.ts';
import type { Slot } from '../../../../src/domain/identity/names.ts';
import { holdKey } from '../../../../src/domain/identity/registry-keys.ts';
import { blindAfter } from '../../../../src/domain/policy/lease-policy.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import type { Process } from '../../../runtime/support/process.ts';
import { lateness } from '../../schedule/parameters.ts';
import type { Simulated } from '../../simulation-result.ts';
import { faultsOf } from '../../violations-of.ts';
import type { Checker } from '../checks.ts';

/**
 * A collector suspects a run as silent only after it has watched without interruption for a ttl. It expires a
 * run only after it has watched for a grace and the suspicion is as old. It never expires a run with a valid
 * lease or under a hold.
 */
export const g6: Checker = {
  guarantee: 'G6',
  of: (sim, complain) => {
    const faults = faultsOf('G6', sim.fleet.audit);
    const suspectedAt = new Map<string, MonotonicTime>();
    const { ttl, grace } = sim.shape.lease;
    // Clocks may drift apart in both directions.
    const least = (whole: Millis): Millis => whole * (1 - 2 * sim.shape.drift) - 1;
    return {
      onWritten: ({ at, events }) => {
        for (const { of, event, actor, at: saidAt } of events) {
          if (of.entity !== 'run') continue;
          if (event.type === 'suspected') suspectedAt.set(of.run, at);
          if (event.type === 'expired') {
            const stood = at - (suspectedAt.get(of.run) ?? Number.POSITIVE_INFINITY);
            const isLong = stood >= least(grace);
            if (!isLong) complain(`${of.run} expired after a suspicion of ${stood} ms`);
            if (isHeld(of, sim)) complain(`${of.run} expired under a hold`);
          }
          const isSilence = event.type === 'suspected' && event['reason'] === 'silent';
          if (event.type !== 'expired' && !isSilence) continue;
          const process = sim.roster.collectors.get(actor.run)?.process;
          // The collector may have been stopped between its decision and its write.
          const decided = process?.clock.sharedTimeOf(saidAt);
          if (!process || decided === undefined) continue;
          const seen = decided - lastBlind(process, decided, sim);
          if (seen < least(isSilence ? ttl : grace) - 1) {
            complain(`${of.run} ${event.type} by one that had seen for ${seen} ms`);
          }
        }
      },
      onLook: () => {
        for (const fault of faults()) complain(fault);
      },
    };
  },
};

/** The request that wrote the expiry wrote no hold, so a hold that exists now existed then. */
const isHeld = ({ host, agent }: Slot, { fleet }: Simulated): boolean =>
  [holdKey(host), holdKey(host, agent)].some(
    (key) => fleet.world.registry.last(recordSubject(key))?.text !== undefined,
  );

/** The last time, before `before`, that the collector returned from an interruption it must have noticed. */
function lastBlind(
  { interruptions }: Process,
  before: MonotonicTime,
  { shape }: Simulated,
): MonotonicTime {
  const unnoticed: Millis = seconds(1.1) + 2 * lateness(shape);
  const uncut = blindAfter(shape.lease) * (1 + shape.drift) + unnoticed;
  const last = interruptions.findLast(
    ({ why, from, to }) => to <= before && to - from > (why === 'stopped' ? unnoticed : uncut),
  );
  return last?.to ?? Number.NEGATIVE_INFINITY;
}
