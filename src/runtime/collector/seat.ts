import { allSeats, policyKey, seatKey } from '../../domain/identity/registry-keys.ts';
import { defaultFleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { type LeasePolicy, renewEvery } from '../../domain/policy/lease-policy.ts';
import { readPolicy, readSeat } from '../../domain/records/stored-record.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { LeaseKeeper } from '../support/lease-keeper.ts';
import { LeaseMovements } from '../support/lease-movements.ts';
import { retryUntilAvailable } from '../support/retry.ts';

/**
 * Waits until a seat is free and acquires it.
 *
 * A waiting collector reads the seats, never the heartbeats, and seldom: after a random time around
 * the longer of a third of the ttl and 0.1 s for each watched run. So the seats are read only a few
 * times a second, no matter how many collectors wait.
 */
export async function takeSeat(
  text: () => string,
  lease: LeasePolicy,
  ports: Pick<Ports, 'leases' | 'registry' | 'clock' | 'entropy' | 'log' | 'metrics'>,
  onLapsed: (why: string) => void,
  signal: AbortSignal,
): Promise<{ seat: number; keeper: LeaseKeeper } | undefined> {
  const movements = new LeaseMovements(ports.clock);
  while (!signal.aborted) {
    let asked = ports.clock.monotonic();
    const entries = await retryUntilAvailable(ports, signal, () => {
      asked = ports.clock.monotonic();
      return ports.leases.list(allSeats);
    });
    if (!entries) return undefined;
    movements.record(entries);
    const held = new Map(entries.map((entry) => [entry.key, entry]));
    const seats = await retryUntilAvailable(ports, signal, () => readSeats(ports));
    for (let seat = 1; seat <= (seats ?? 0); seat += 1) {
      const key = seatKey(seat);
      const entry = held.get(key);
      // The server keeps the seat of a dead collector for hours if its clock was set back.
      const ttl = readSeat(entry?.text)?.ttl ?? lease.ttl;
      if (entry && !movements.isUnmoved(entry, ttl, asked)) continue;
      const keeper = new LeaseKeeper({ key, text }, lease, ports, onLapsed);
      const acquire = () => (entry ? keeper.takeOver(entry.revision) : keeper.acquire());
      if ((await retryUntilAvailable(ports, signal, acquire)) !== 'acquired') continue;
      if (entry) ports.log.warn('seat-taken-over', { seat, notRenewedFor: 2 * ttl });
      return { seat, keeper };
    }
    const runs = Math.max(0, ...entries.map(({ text }) => readSeat(text)?.runs ?? 0));
    await ports.clock.sleep(pollDelay(lease, runs) * (0.5 + ports.entropy.fraction()), signal);
  }
  return undefined;
}

/** The number of seats of the policy; the default if the policy cannot be read (G12). */
async function readSeats({ registry }: Pick<Ports, 'registry'>): Promise<number> {
  const policy = readPolicy(await registry.read(policyKey));
  return (policy.kind === 'stored' ? policy.record.policy : defaultFleetPolicy).seats;
}

const pollDelay = (lease: LeasePolicy, runs: number): Millis =>
  Math.max(renewEvery(lease), runs * seconds(0.1));
