import type { LeasePolicy } from '../../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { LeaseKeeper } from '../../../../src/runtime/support/lease-keeper.ts';
import { FleetInMemory } from '../fleet-in-memory.ts';
import type { Process } from '../process.ts';

export const lease: LeasePolicy = { ttl: seconds(6), grace: seconds(10) };

/** A keeper in its own process, and the reasons of its reported lapses. */
export function keeping(text = () => 'mine') {
  const fleet = new FleetInMemory({ lease });
  const process = fleet.process('h1');
  const reasons: string[] = [];
  const keep = (by: Process = process) =>
    new LeaseKeeper({ key: 'seat.1', text }, lease, by.ports, (why) => void reasons.push(why));
  const leaseText = () => fleet.world.leases.last('seat.1')?.text;
  return { fleet, process, reasons, keeper: keep(), keep, leaseText };
}
