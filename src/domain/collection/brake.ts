import type { Fleet } from '../fleet/fleet.ts';
import { ZoneName } from '../identity/names.ts';
import type { BrakePolicy } from '../policy/fleet-policy.ts';
import type { AgentRecord } from '../records/schemas.ts';

/** Number of runs in a zone, and of those that are suspect without a planned reason. */
export interface ZoneCount {
  readonly seen: number;
  readonly suspect: number;
}

/** The zone of hosts without a zone. */
const defaultZone = ZoneName.parse('default');

export const zoneOf = ({ zone }: Pick<AgentRecord, 'zone'>): ZoneName => zone ?? defaultZone;

/**
 * Counts the runs of each zone from the registry alone, so that all seats get the same result.
 *
 * Runs that are leaving or under a hold are not counted as suspect, because their silence is announced.
 * Expired runs are not counted at all.
 */
export function countZones(fleet: Fleet): ReadonlyMap<ZoneName, ZoneCount> {
  const zones = new Map<ZoneName, { seen: number; suspect: number }>();
  for (const { agent } of fleet.slots()) {
    if (agent?.kind !== 'stored' || agent.record.phase === 'expired') continue;
    const { record } = agent;
    const zone = zoneOf(record);
    const count = zones.get(zone) ?? { seen: 0, suspect: 0 };
    if (count.seen === 0) zones.set(zone, count);
    count.seen += 1;
    const announced = record.phase === 'leaving' || fleet.controls.holdOn(record) !== undefined;
    if (record.suspect && !announced) count.suspect += 1;
  }
  return zones;
}

/** Whether a zone's brake changes. */
export type BrakeVerdict = 'trip' | 'release' | 'keep';

/** Decides whether a brake trips or releases. Between the two fractions it stays as it is. */
export function judgeBrake(
  { seen, suspect }: ZoneCount,
  isOn: boolean,
  { fraction, count, release }: BrakePolicy,
): BrakeVerdict {
  if (!isOn) return suspect >= count && suspect > fraction * seen ? 'trip' : 'keep';
  return suspect === 0 || suspect < release * seen ? 'release' : 'keep';
}
