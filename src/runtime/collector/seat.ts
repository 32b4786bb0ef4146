import { allSeats, policyKey, seatKey } from '../../domain/identity/registry-keys.ts';
import { defaultFleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { type LeasePolicy, renewEvery } from '../../domain/policy/lease-policy.ts';
import { SeatRecord } from '../../domain/records/schemas.ts';
import { readPolicy } from '../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { LeaseKeeper } from '../support/lease-keeper.ts';
import { retryUntilAvailable } from '../support/retry.ts';

/**
 * Waits until a seat is free and takes it.
 *
 * A sleeper looks at the seats, never at heartbeats, and seldom: after a random time around the
 * longer of a third of the ttl and a tenth of a second for each run that is watched, so that however
 * many sleep, the seats are asked for a few times a second.
 */
export async function takeSeat(
  text: () => string,
  lease: LeasePolicy,
  ports: Pick<Ports, 'leases' | 'registry' | 'clock' | 'entropy' | 'log' | 'metrics'>,
  lapsed: (why: string) => void,
  signal: AbortSignal,
): Promise<{ seat: number; keeper: LeaseKeeper } | undefined> {
  while (!signal.aborted) {
    const held = await retryUntilAvailable(ports, signal, () => ports.leases.list(allSeats));
    if (!held) return undefined;
    const taken = new Set(held.map(({ key }) => key));
    const seats = await retryUntilAvailable(ports, signal, () => readSeats(ports));
    for (let seat = 1; seat <= (seats ?? 0); seat += 1) {
      const key = seatKey(seat);
      if (taken.has(key)) continue;
      const keeper = new LeaseKeeper({ key, text }, lease, ports, lapsed);
      if ((await retryUntilAvailable(ports, signal, () => keeper.acquire())) === 'acquired')
        return { seat, keeper };
    }
    const runs = Math.max(0, ...held.map(({ text }) => watchedRuns(text)));
    await ports.clock.sleep(lookAgain(lease, runs) * (0.5 + ports.entropy.fraction()), signal);
  }
  return undefined;
}

/** How many there are: by the policy, or as many as always where it can't be read (G12). */
async function readSeats({ registry }: Pick<Ports, 'registry'>): Promise<number> {
  const policy = readPolicy(await registry.read(policyKey));
  return (policy.kind === 'stored' ? policy.record.policy : defaultFleetPolicy).seats;
}

const lookAgain = (lease: LeasePolicy, runs: number): Millis =>
  Math.max(renewEvery(lease), runs * seconds(0.1));

/** The number of runs that a seat's value names; a value nobody understands names none (G12). */
function watchedRuns(text: string | undefined): number {
  try {
    return SeatRecord.parse(JSON.parse(text ?? 'null')).runs;
  } catch {
    return 0;
  }
}
