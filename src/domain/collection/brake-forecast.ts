import type { Fleet } from '../fleet/fleet.ts';
import type { ZoneName } from '../identity/names.ts';
import type { BrakePolicy } from '../policy/fleet-policy.ts';
import type { AgentRecord, BrakeRecord } from '../records/schemas.ts';
import type { Millis, WallTime } from '../time.ts';
import { countZones, judgeBrake, type ZoneCount, zoneOf } from './brake.ts';

/** When a run that waits for its zone's brake is expired: as which of those that wait, about when. */
interface ExpiryTurn {
  readonly turn: number;
  readonly at: WallTime;
}

/** A brake that is on, or will be as soon as a collector looks, and how it goes on if nothing changes. */
export interface BrakeForecast extends ZoneCount {
  readonly zone: ZoneName;
  /** undefined: it is about to trip; `unreadable`: it lets nobody through. */
  readonly record: BrakeRecord | 'unreadable' | undefined;
  /** Runs that would be expired now but for the brake. */
  readonly heldBack: number;
  readonly pace: Millis;
  /** About when it is released; null: not before somebody does something. */
  readonly endsAt: WallTime | null;
  readonly turns: ReadonlyMap<string, ExpiryTurn>;
}

/**
 * What the brakes of a fleet do from now on, if nothing else happens.
 *
 * An estimate: when the last run was let through is in no record, so the first turn is said to be a
 * whole pace away. `refuted`: suspects that will not be expired, as far as somebody knows.
 */
export function forecastBrakes(
  fleet: Fleet,
  now: WallTime,
  refuted: (record: AgentRecord) => boolean = () => false,
): readonly BrakeForecast[] {
  const counts = new Map(countZones(fleet));
  for (const brake of fleet.controls.brakes()) {
    if (brake.kind === 'stored' && !counts.has(brake.record.zone)) {
      counts.set(brake.record.zone, { seen: 0, suspect: 0 });
    }
  }
  return [...counts].flatMap(
    ([zone, count]) => forecastZone(fleet, now, zone, count, refuted) ?? [],
  );
}

function forecastZone(
  fleet: Fleet,
  now: WallTime,
  zone: ZoneName,
  count: ZoneCount,
  refuted: (record: AgentRecord) => boolean,
): BrakeForecast | undefined {
  const policy = fleet.controls.policy.brake;
  const brake = fleet.controls.brakeOf(zone);
  if (brake === undefined && judgeBrake(count, false, policy) !== 'trip') return undefined;
  const queue = waitingRuns(zone, fleet, refuted);
  const heldBack = queue.filter(({ due }) => due <= now).length;
  const said = { zone, ...count, heldBack, pace: policy.pace };
  if (brake?.kind === 'unreadable') {
    return { ...said, record: 'unreadable', endsAt: null, turns: new Map() };
  }
  return { ...said, record: brake?.record, ...scheduleExpiries(queue, count, policy, now) };
}

interface WaitingRun {
  readonly run: string;
  readonly due: WallTime;
  /** Whether the brake counts it: a run that is leaving has announced its silence. */
  readonly counts: boolean;
}

function waitingRuns(
  zone: ZoneName,
  fleet: Fleet,
  refuted: (record: AgentRecord) => boolean,
): readonly WaitingRun[] {
  const waiting: WaitingRun[] = [];
  for (const { agent } of fleet.slots()) {
    if (agent?.kind !== 'stored') continue;
    const { record } = agent;
    const { run, suspect, phase, grace } = record;
    if (!suspect || phase === 'expired' || zoneOf(record) !== zone) continue;
    if (fleet.controls.holdOn(record) || refuted(record)) continue;
    waiting.push({ run, due: suspect.since + grace, counts: phase !== 'leaving' });
  }
  return waiting.sort((a, b) => a.due - b.due);
}

/** One run each pace, until so few are suspect that the brake is released; then all that are due. */
function scheduleExpiries(
  queue: readonly WaitingRun[],
  count: ZoneCount,
  policy: BrakePolicy,
  now: WallTime,
): Pick<BrakeForecast, 'endsAt' | 'turns'> {
  const turns = new Map<string, ExpiryTurn>();
  let { seen, suspect } = count;
  let before = now;
  const isOver = () => judgeBrake({ seen, suspect }, true, policy) === 'release';
  let endsAt: WallTime | null = isOver() ? now : null;
  for (const [n, { run, due, counts }] of queue.entries()) {
    before = endsAt === null ? Math.max(due, before + policy.pace) : Math.max(due, now, endsAt);
    turns.set(run, { turn: n + 1, at: before });
    seen -= 1;
    if (counts) suspect -= 1;
    if (endsAt === null && isOver()) endsAt = before;
  }
  return { endsAt, turns };
}
