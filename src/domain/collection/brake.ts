import type { Fleet } from '../fleet/fleet.ts';
import { ZoneName } from '../identity/names.ts';
import type { BrakePolicy } from '../policy/fleet-policy.ts';
import type { AgentRecord } from '../records/schemas.ts';

/** How many runs a zone has, and how many of them are silent though nobody planned it. */
export interface ZoneCount {
  readonly seen: number;
  readonly suspect: number;
}

/** Where hosts are that name no zone. */
const defaultZone = ZoneName.parse('default');

export const zoneOf = ({ zone }: Pick<AgentRecord, 'zone'>): ZoneName => zone ?? defaultZone;

/**
 * The zones as the registry has them, and from it alone, so that all seats come to the same.
 *
 * A run that is leaving has announced its silence, one under a hold has had it announced: they are no
 * suspects. One that is expired is decided, and soon gone.
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

/** What is to become of a zone's brake. */
export type BrakeVerdict = 'trip' | 'release' | 'keep';

/** Total and pure; `on`: it stands now. Between the two fractions it stays as it is. */
export function judgeBrake(
  { seen, suspect }: ZoneCount,
  on: boolean,
  { fraction, count, release }: BrakePolicy,
): BrakeVerdict {
  if (!on) return suspect >= count && suspect > fraction * seen ? 'trip' : 'keep';
  return suspect === 0 || suspect < release * seen ? 'release' : 'keep';
}
