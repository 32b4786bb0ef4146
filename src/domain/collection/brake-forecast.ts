import type { Fleet } from '../fleet/fleet.ts';
import type { ZoneName } from '../identity/names.ts';
import type { BrakePolicy } from '../policy/fleet-policy.ts';
import type { AgentRecord, BrakeRecord } from '../records/schemas.ts';
import type { Millis, WallTime } from '../time.ts';
import { countZones, judgeBrake, type ZoneCount, zoneOf } from './brake.ts';
import { graceEnd } from './grace-end.ts';

/** Forecast expiry of a run that waits for its zone's brake: position in the queue and time. */
interface ExpiryTurn {
  readonly turn: number;
  readonly at: WallTime;
  /** The brake holds it back now: its grace is over. */
  readonly isHeldBack: boolean;
}

/** A brake that is on or about to trip, and its course if nothing changes. */
export interface BrakeForecast extends ZoneCount {
  readonly zone: ZoneName;
  /** undefined: the brake is about to trip; `unreadable`: it blocks all expiries. */
  readonly record: BrakeRecord | 'unreadable' | undefined;
  /** Runs that would be expired now without the brake. */
  readonly heldBack: number;
  readonly pace: Millis;
  /** Estimated release; null if it needs an operator's action. */
  readonly endsAt: WallTime | null;
  readonly turns: ReadonlyMap<string, ExpiryTurn>;
}

/**
 * Forecasts the brakes of a fleet, if nothing else changes.
 *
 * An estimate: no record contains the time of the last expiry. The expiries until now are assumed one pace apart since
 * the brake is on; if the next would be over by that, it is assumed a whole pace away. `watchedSince`: see `graceEnd`.
 * `refuted` returns true for suspects that are known not to expire.
 */
export function forecastBrakes(
  fleet: Fleet,
  now: WallTime,
  watchedSince: WallTime = 0,
  refuted: (record: AgentRecord) => boolean = () => false,
): readonly BrakeForecast[] {
  const counts = new Map(countZones(fleet));
  for (const brake of fleet.controls.brakes()) {
    if (brake.kind === 'stored' && !counts.has(brake.record.zone)) {
      counts.set(brake.record.zone, { seen: 0, suspect: 0 });
    }
  }
  const queueOf = (zone: ZoneName) => waitingRuns(zone, fleet, watchedSince, refuted);
  return [...counts].flatMap(
    ([zone, count]) => forecastZone(fleet, now, zone, count, queueOf) ?? [],
  );
}

function forecastZone(
  fleet: Fleet,
  now: WallTime,
  zone: ZoneName,
  count: ZoneCount,
  queueOf: (zone: ZoneName) => readonly WaitingRun[],
): BrakeForecast | undefined {
  const policy = fleet.controls.policy.brake;
  const brake = fleet.controls.brakeOf(zone);
  if (brake === undefined && judgeBrake(count, false, policy) !== 'trip') return undefined;
  const queue = queueOf(zone);
  const heldBack = queue.filter(({ due }) => due <= now).length;
  const forecast = { zone, ...count, heldBack, pace: policy.pace };
  if (brake?.kind === 'unreadable') {
    return { ...forecast, record: 'unreadable', endsAt: null, turns: new Map() };
  }
  const record = brake?.record;
  const next = record ? record.since + policy.pace * (record.expired + 1) : 0;
  const permitAt = next > now ? next : now + policy.pace;
  return { ...forecast, record, ...scheduleExpiries(queue, count, policy, now, permitAt) };
}

interface WaitingRun {
  readonly run: string;
  readonly due: WallTime;
  /** Whether the brake counts it; a leaving run is not counted. */
  readonly counts: boolean;
}

function waitingRuns(
  zone: ZoneName,
  fleet: Fleet,
  watchedSince: WallTime,
  refuted: (record: AgentRecord) => boolean,
): readonly WaitingRun[] {
  const waiting: WaitingRun[] = [];
  for (const { agent } of fleet.slots()) {
    if (agent?.kind !== 'stored') continue;
    const { record } = agent;
    const { run, phase } = record;
    const due = graceEnd(record, fleet, watchedSince);
    if (due === undefined || phase === 'expired' || zoneOf(record) !== zone) continue;
    if (fleet.controls.holdOn(record) || refuted(record)) continue;
    waiting.push({ run, due, counts: phase !== 'leaving' });
  }
  return waiting;
}

/**
 * Expires one run per pace until the brake releases, then all runs that are due. As in a sweep of a collector, each permit
 * goes to the first run of the fleet whose grace is over, not to the one that is silent longest.
 */
function scheduleExpiries(
  queue: readonly WaitingRun[],
  count: ZoneCount,
  policy: BrakePolicy,
  now: WallTime,
  firstPermitAt: WallTime,
): Pick<BrakeForecast, 'endsAt' | 'turns'> {
  const turns = new Map<string, ExpiryTurn>();
  let { seen, suspect } = count;
  let permitAt = firstPermitAt;
  const isOver = () => judgeBrake({ seen, suspect }, true, policy) === 'release';
  let endsAt: WallTime | null = isOver() ? now : null;
  const places = new Map(queue.map((one, n) => [one, n]));
  const place = (one: WaitingRun) => places.get(one) ?? 0;
  const later = queue.toSorted((a, b) => b.due - a.due || place(b) - place(a));
  let ready: WaitingRun[] = [];
  while (turns.size < queue.length) {
    const due = ready.length > 0 ? now : (later.at(-1)?.due ?? now);
    const at = Math.max(due, endsAt ?? permitAt, now);
    const before = ready.length;
    for (let one = later.at(-1); one && one.due <= at; one = later.at(-1)) {
      ready.push(one);
      later.pop();
    }
    if (ready.length > before) ready = ready.sort((a, b) => place(b) - place(a));
    const one = ready.pop();
    if (!one) break;
    turns.set(one.run, { turn: turns.size + 1, at, isHeldBack: one.due <= now });
    permitAt = at + policy.pace;
    seen -= 1;
    if (one.counts) suspect -= 1;
    if (endsAt === null && isOver()) endsAt = at;
  }
  return { endsAt, turns };
}
