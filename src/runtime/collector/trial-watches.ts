import { allKeys, allRunLeases, allSeats } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { WatchEvent } from '../../ports/watch.ts';
import { LinkedSignal } from '../support/linked-signal.ts';
import { withTimeout } from '../support/with-timeout.ts';

/**
 * Waits until both watches of a collector work: each has delivered a snapshot and then a sign of life. A
 * collector that gave its seat up because it was blind takes one again only then; else it would
 * keep the seat from collectors that see.
 */
export async function untilWatchesWork(
  lease: LeasePolicy,
  ports: Pick<Ports, 'leases' | 'registry' | 'clock' | 'entropy' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const { leases, registry, clock, entropy, log } = ports;
  while (!signal.aborted) {
    const why = await withTimeout(Math.max(lease.ttl, seconds(10)), clock, signal, async (end) => {
      using over = new LinkedSignal([end, signal]);
      return (
        (await troubleOf('registry', registry.watch([allKeys], over.signal))) ??
        (await troubleOf('leases', leases.watch([allRunLeases, allSeats], over.signal)))
      );
    });
    if (why === undefined || signal.aborted) return;
    log.debug('still-blind', { why });
    await clock.sleep(lease.ttl * (0.5 + entropy.fraction()), signal);
  }
}

/** Why a watch does not work; undefined if it works. */
async function troubleOf(
  name: string,
  events: AsyncIterable<WatchEvent>,
): Promise<string | undefined> {
  let hasSnapshot = false;
  for await (const event of events) {
    if (event.kind === 'stale') return `the watch of the ${name}: ${event.why}`;
    if (hasSnapshot) return undefined;
    hasSnapshot = event.kind === 'snapshot';
  }
  return `the watch of the ${name} received nothing in time`;
}
