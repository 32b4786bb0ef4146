import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { policyKey } from '../../../src/domain/identity/registry-keys.ts';
import { defaultFleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import { readPolicy } from '../../../src/domain/records/stored-record.ts';
import { disorderOf } from '../../runtime/support/write-order.ts';
import { lostLater, unnamedLoss } from '../faults/restores.ts';
import type { Simulated } from '../simulation-result.ts';

/** Differences from the required state after all faults have ended. */
export function disorder(sim: Simulated): readonly string[] {
  return [
    ...sim.roster.places.flatMap((place) => inPlace(sim, place)),
    ...inSeats(sim),
    ...unnamedLoss(sim),
    ...lostLater(sim),
  ];
}

function inPlace(sim: Simulated, place: string): readonly string[] {
  const alive = sim.roster.alive(place);
  // The owner of an unreadable record is unknown, and it is left alone (G12).
  if (alive.length === 0 && sim.fleet.record(place).kind === 'unreadable') return [];
  const wanted = new Map(alive.map((one) => [one, sim.roster.wantedBy(one)]));
  return disorderOf(place, wanted, sim.fleet);
}

/** All seats are taken, or all collectors have one; and each collector with a seat has a live view. */
function inSeats(sim: Simulated): readonly string[] {
  const alive = sim.roster.livingCollectors();
  const last = sim.fleet.world.registry.last(recordSubject(policyKey));
  const policy = readPolicy({ key: policyKey, revision: last?.seq ?? 0, text: last?.text });
  const { seats } = policy.kind === 'stored' ? policy.record.policy : defaultFleetPolicy;
  const due = Math.min(seats, alive.length);
  const watching = alive.filter(({ collector }) => collector.state === 'watching').length;
  return watching === due ? [] : [`${watching} of ${alive.length} collectors watch`];
}
