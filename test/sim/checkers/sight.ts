import { blindAfter, viewBlindAfter } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Process } from '../../runtime/support/process.ts';
import { lateness } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';
import type { Checker } from './checks.ts';

/**
 * A collector one of whose watches delivers nothing judges no run after it must have noticed that, and
 * gives its seat up a ttl later.
 */
export const sight: Checker = {
  guarantee: 'a blind collector judges nobody and gives its seat up',
  survivesLoss: true,
  of: (sim, complain) => {
    // A collector without a seat uses no watch: it may take one before it knows that it sees nothing.
    const seats = new Map<Process, { readonly taken: number; readonly at: MonotonicTime }>();
    return {
      onWritten: ({ events }) => {
        for (const { of, event, actor, at } of events) {
          const isSilence = event.type === 'suspected' && event['reason'] === 'silent';
          if (of.entity !== 'run' || (event.type !== 'expired' && !isSilence)) continue;
          const process = sim.roster.collectors.get(actor.run)?.process;
          const decided = process?.clock.sharedTimeOf(at);
          const unseenSince = process && sim.unseenSince.get(process);
          if (decided === undefined || unseenSince === undefined) continue;
          const blindFor = decided - unseenSince;
          if (blindFor <= noticedAfter(sim)) continue;
          complain(`${of.run} ${event.type} by one that had been blind for ${blindFor} ms`);
        }
      },
      onLook: () => {
        for (const { process, collector, transitions } of sim.roster.livingCollectors()) {
          const taken = transitions.filter(({ event }) => event.type === 'seated').length;
          if (seats.get(process)?.taken !== taken) seats.set(process, { taken, at: sim.now });
          const unseenSince = sim.unseenSince.get(process);
          const calm = process.line.calmSince;
          if (unseenSince === undefined || calm === undefined || process.gate.shut) continue;
          const seatedAt = seats.get(process)?.at ?? sim.now;
          const since = Math.max(
            unseenSince,
            calm,
            stoppedUntil(process),
            sim.servesSince,
            seatedAt,
          );
          const blindFor = sim.now - since;
          const bound = noticedAfter(sim) + sim.shape.lease.ttl * (1 + sim.shape.drift);
          if (blindFor <= bound || collector.state === 'sleeping') continue;
          complain(`${process.name} has been blind for ${blindFor} ms, and is ${collector.state}`);
        }
      },
    };
  },
};

const stoppedUntil = ({ interruptions }: Process): number => interruptions.at(-1)?.to ?? 0;

/** By when a collector has noticed that a watch delivers nothing. */
function noticedAfter({ shape }: Simulated): Millis {
  const { lease, aliveEvery, drift } = shape;
  const blind = Math.max(blindAfter(lease), viewBlindAfter(lease)) * (1 + drift);
  return blind + aliveEvery + seconds(1.1) + 4 * lateness(shape);
}
