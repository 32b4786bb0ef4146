import { forecastZone, type ZoneForecast } from './brake-forecast.ts';
import { countZones, zoneOf } from './brake.ts';
import type { StoredInstance } from './entry.ts';
import type { Fleet, SlotView } from './fleet.ts';
import { leaseKey } from './keys.ts';
import type { ZoneName } from './names.ts';
import { type LeasePolicy, leftoverAfter } from './policy.ts';
import type { AgentRecord, SuspectReason } from './records.ts';
import type { Instant } from './time.ts';

/** What is known beside the registry by whoever asks what will be removed. */
export interface Surroundings {
  readonly now: Instant;
  /** How many collectors watch. */
  readonly seats: number;
  /** The keys of all leases that stand. */
  readonly leases: ReadonlySet<string>;
  /** Suspect runs that answered when they were asked. */
  readonly answering: ReadonlySet<string>;
  /** How long an instance may stay whose slot has no record. */
  readonly orphans: LeasePolicy;
}

/** What keeps something from going on. */
export type Hindrance =
  | { readonly by: 'grace'; readonly until: Instant }
  /** `until` null: the hold cannot be read, and holds for as long as it stands. */
  | { readonly by: 'hold'; readonly until: Instant | null; readonly why: string | null }
  /** `turn`: one run at a time; null: the brake cannot be read, and lets nobody through. */
  | ({ readonly by: 'brake'; readonly turn: number | null } & Omit<ZoneForecast, 'turns'>)
  | { readonly by: 'lease-stands' }
  | { readonly by: 'answers' }
  | { readonly by: 'unobserved' }
  | { readonly by: 'unreadable' };

/**
 * Something that a collector will remove, or would but for what keeps it.
 *
 * `at`: when, at the earliest; `by`: at the latest, if a collector watches from now on and nothing
 * changes. Both are estimates on the clocks of whoever wrote the records; null: nobody can say.
 */
export interface PlanRow {
  readonly kind: 'run' | 'leftovers' | 'record';
  readonly why: 'expired' | SuspectReason | 'lapsed' | 'superseded' | 'orphan' | 'unreadable';
  readonly host: string | null;
  readonly agent: string | null;
  readonly run: string | null;
  /** The key of a record that cannot be read. */
  readonly key: string | null;
  /** In the words of what could not read it. */
  readonly detail: string | null;
  readonly instances: number;
  readonly since: Instant | null;
  readonly next: 'remove' | 'expire' | 'suspect' | 'nothing';
  readonly at: Instant | null;
  readonly by: Instant | null;
  readonly heldBy: Hindrance | null;
}

export interface Plan {
  readonly rows: readonly PlanRow[];
  /** Of the zones whose brake is on, or is about to be. */
  readonly brakes: readonly ZoneForecast[];
}

/** What would be removed, when, why, and what holds it back. Pure; decides nothing. */
export function planOf(fleet: Fleet, around: Surroundings): Plan {
  const suspects = [...suspectRuns(fleet, around)];
  const brakes = forecastBrakes(fleet, around.now, suspects);
  const turns = new Map(brakes.map((forecast) => [forecast.zone, forecast]));
  const rows = [...fleet.slots()].flatMap((slot) => [
    ...runRows(slot, suspects, turns, around),
    ...leftoverRows(slot, around),
  ]);
  return { rows: [...rows, ...unreadableRows(fleet)].map(observedBy(around)), brakes };
}

/** A suspect run, and what holds it back beside grace and brake. */
interface Suspect {
  readonly record: AgentRecord;
  readonly due: Instant;
  readonly hindrance: Hindrance | undefined;
}

function* suspectRuns(fleet: Fleet, around: Surroundings): Generator<Suspect> {
  for (const { agent } of fleet.slots()) {
    if (agent?.kind !== 'stored' || agent.record.phase === 'expired') continue;
    const { record } = agent;
    const lapsed = !around.leases.has(leaseKey(record));
    if (!record.suspect && !lapsed) continue;
    const since = record.suspect?.since ?? around.now + record.ttl;
    const hindrance = holdOf(record, fleet) ?? refutedBy(record, around);
    yield { record, due: since + record.grace, hindrance };
  }
}

function holdOf(record: AgentRecord, fleet: Fleet): Hindrance | undefined {
  const hold = fleet.state.holdOn(record);
  if (hold === undefined) return undefined;
  if (hold.kind === 'unreadable') return { by: 'hold', until: null, why: hold.why };
  return { by: 'hold', until: hold.record.until, why: hold.record.why ?? null };
}

function refutedBy(record: AgentRecord, around: Surroundings): Hindrance | undefined {
  if (around.leases.has(leaseKey(record))) return { by: 'lease-stands' };
  return around.answering.has(record.run) ? { by: 'answers' } : undefined;
}

/** What the brakes do that are on, or will be as soon as a collector looks. */
function forecastBrakes(
  fleet: Fleet,
  now: Instant,
  suspects: readonly Suspect[],
): readonly ZoneForecast[] {
  const policy = fleet.state.policy.brake;
  return [...zonesOf(fleet)].flatMap(([zone, count]) => {
    const waiting = suspects
      .filter(({ record, hindrance }) => !hindrance && record.suspect && zoneOf(record) === zone)
      .map(({ record, due }) => ({ run: record.run, due }));
    return forecastZone(zone, count, fleet.state.brakeOf(zone), { waiting, now, policy }) ?? [];
  });
}

/** The zones that have agents, and those of which only the brake is left. */
function zonesOf(fleet: Fleet): ReadonlyMap<ZoneName, { seen: number; suspect: number }> {
  const zones = new Map(countZones(fleet));
  for (const brake of fleet.state.brakes()) {
    if (brake.kind !== 'stored' || zones.has(brake.record.zone)) continue;
    zones.set(brake.record.zone, { seen: 0, suspect: 0 });
  }
  return zones;
}

/** The brakes alone, as a view shows them: who would refute a suspicion is not known there. */
export const brakesOf = (fleet: Fleet, now: Instant): readonly ZoneForecast[] =>
  forecastBrakes(fleet, now, [
    ...suspectRuns(fleet, {
      ...{ now, seats: 1, leases: everyLease, answering: new Set() },
      orphans: { ttl: 0, grace: 0 },
    }),
  ].map((suspect) => ({ ...suspect, hindrance: holdOf(suspect.record, fleet) })));

/** Nobody's lease is asked for. */
const everyLease: ReadonlySet<string> = new (class extends Set<string> {
  override has(): boolean {
    return true;
  }
})();
