import type { AgentView, Fleet } from '../fleet/fleet.ts';
import { leaseKey } from '../identity/registry-keys.ts';
import { type LeasePolicy, leftoverAfter } from '../policy/lease-policy.ts';
import type { AgentRecord, SuspectReason } from '../records/schemas.ts';
import type { ViewInstance } from '../records/stored-record.ts';
import type { Millis, WallTime } from '../time.ts';
import { zoneOf } from './brake.ts';
import { type BrakeForecast, forecastBrakes } from './brake-forecast.ts';
import { graceEnd } from './grace-end.ts';
import { leftoversOf } from './leftovers.ts';

/** Facts outside the registry that the plan needs. */
export interface PlanContext {
  readonly now: WallTime;
  /** Number of held seats. */
  readonly seats: number;
  /** The keys of all existing leases. */
  readonly leases: ReadonlySet<string>;
  /** Suspect runs that answered a ping. */
  readonly answering: ReadonlySet<string>;
  /** The limits for instances of a slot without an agent record. */
  readonly orphans: LeasePolicy;
  /** Since when the longest of the collectors watches; 0: not known, or before every suspicion. */
  readonly watchedSince?: WallTime;
}

/** What blocks or delays an action of the plan. */
export type Blocker =
  | { readonly by: 'grace'; readonly until: WallTime }
  /** `until` null: the hold is unreadable and blocks until it is removed. */
  | { readonly by: 'hold'; readonly until: WallTime | null; readonly why: string | null }
  /** `turn`: position among the waiting runs; null: the brake is unreadable and blocks all expiries. */
  | {
      readonly by: 'brake';
      readonly zone: string;
      readonly seen: number;
      readonly suspect: number;
      readonly pace: Millis;
      readonly turn: number | null;
    }
  /** `observation`: a collector measures how long it has seen the leftover, on its own clock. */
  | { readonly by: 'lease-stands' | 'answers' | 'observation' | 'unobserved' | 'unreadable' };

/**
 * Something that a collector will remove, or would remove without the blocker.
 *
 * `at` is the estimated earliest time; `latest` applies if a collector works from now on and nothing
 * changes. Both use the wall clocks of the records' authors; null: unknown.
 */
export interface PlanRow {
  readonly kind: 'run' | 'leftovers' | 'record';
  readonly why: 'expired' | SuspectReason | 'lapsed' | 'superseded' | 'orphan' | 'unreadable';
  readonly host: string | null;
  readonly agent: string | null;
  readonly run: string | null;
  /** For an unreadable record: its key, and in `detail` the error. */
  readonly key: string | null;
  readonly detail: string | null;
  readonly instances: number;
  readonly since: WallTime | null;
  readonly next: 'remove' | 'expire' | 'suspect' | 'nothing';
  readonly at: WallTime | null;
  readonly latest: WallTime | null;
  readonly heldBy: Blocker | null;
}

export interface Plan {
  readonly rows: readonly PlanRow[];
  readonly brakes: readonly BrakeForecast[];
}

/** Plans which records would be removed, when, why, and what blocks them. For display only. */
export function planRemovals(fleet: Fleet, around: PlanContext): Plan {
  const { now, watchedSince } = around;
  const isRefuted = (record: AgentRecord) => refutationOf(record, around) !== undefined;
  const brakes = forecastBrakes(fleet, now, watchedSince, isRefuted);
  const rows: PlanRow[] = [];
  for (const slot of fleet.slots()) {
    const row = runRow(slot, fleet, brakes, around);
    if (row) rows.push(row);
    rows.push(...leftoverRows(slot, around));
  }
  for (const { key, why } of fleet.unreadable()) rows.push(unreadableRow(key, why, fleet));
  return { rows: around.seats > 0 ? rows : rows.map(unobserved), brakes };
}

/** Without a collector nothing is removed. Another blocker is shown first. */
const unobserved = (row: PlanRow): PlanRow =>
  row.next === 'nothing'
    ? row
    : { ...row, at: null, latest: null, heldBy: row.heldBy ?? { by: 'unobserved' } };

const blank = { key: null, detail: null, heldBy: null };

function runRow(
  slot: AgentView,
  fleet: Fleet,
  brakes: readonly BrakeForecast[],
  around: PlanContext,
): PlanRow | undefined {
  if (slot.agent?.kind !== 'stored') return undefined;
  const { record } = slot.agent;
  const { host, agent, run, phase, suspect } = record;
  const row = { ...blank, kind: 'run', host, agent, run, instances: slot.instances.size } as const;
  if (phase === 'expired') {
    const { now } = around;
    return { ...row, why: 'expired', since: record.since, next: 'remove', at: now, latest: now };
  }
  if (suspect) {
    const ahead = aheadOf(record, fleet, brakes, around);
    return { ...row, why: suspect.reason, since: suspect.since, next: 'expire', ...ahead };
  }
  if (around.leases.has(leaseKey(record))) return undefined;
  return {
    ...row,
    why: 'lapsed',
    since: null,
    next: 'suspect',
    ...unsuspected(record, fleet, around),
  };
}

type Ahead = Pick<PlanRow, 'at' | 'latest' | 'heldBy'>;

/** The forecast of a suspect run, in the order of a collector's checks. */
function aheadOf(
  record: AgentRecord,
  fleet: Fleet,
  brakes: readonly BrakeForecast[],
  around: PlanContext,
): Ahead {
  const hold = holdOver(record, fleet);
  if (hold) return hold;
  const refutation = refutationOf(record, around);
  if (refutation) return { at: null, latest: null, heldBy: { by: refutation } };
  const due = graceEnd(record, fleet, around.watchedSince ?? 0) ?? around.now;
  const zone = zoneOf(record);
  const brake = brakes.find((one) => one.zone === zone);
  const { at = null, turn = null } = brake?.turns.get(record.run) ?? {};
  if (brake && (at === null || at > due)) {
    const { seen, suspect, pace } = brake;
    return { at, latest: at, heldBy: { by: 'brake', zone, seen, suspect, pace, turn } };
  }
  const when = Math.max(due, around.now);
  const heldBy = due > around.now ? ({ by: 'grace', until: due } as const) : null;
  return { at: when, latest: when, heldBy };
}

/** The forecast of a run without a lease that is not suspect yet. When it fell silent is unknown. */
function unsuspected(record: AgentRecord, fleet: Fleet, { now }: PlanContext): Ahead {
  const hold = holdOver(record, fleet);
  const { ttl, grace } = record;
  return hold ?? { at: now + grace, latest: now + ttl + grace, heldBy: null };
}

/** The forecast under a hold. After the hold, the ttl starts and then the grace. */
function holdOver(record: AgentRecord, fleet: Fleet): Ahead | undefined {
  const hold = fleet.controls.holdOn(record);
  if (hold === undefined) return undefined;
  if (hold.kind === 'unreadable') {
    return { at: null, latest: null, heldBy: { by: 'hold', until: null, why: hold.why } };
  }
  const { until, why = null } = hold.record;
  const at = until + record.ttl + record.grace;
  return { at, latest: at, heldBy: { by: 'hold', until, why } };
}

function refutationOf(
  record: AgentRecord,
  { leases, answering, now }: PlanContext,
): 'lease-stands' | 'answers' | undefined {
  if (leases.has(leaseKey(record)) && leaseClearsSuspicion(record, now)) return 'lease-stands';
  return answering.has(record.run) ? 'answers' : undefined;
}

/**
 * Whether an existing lease shows that a suspect run is back. The lease of an unreachable run lapses only
 * later, so within the ttl it shows nothing.
 */
export const leaseClearsSuspicion = ({ suspect, ttl }: AgentRecord, now: WallTime): boolean =>
  suspect?.reason !== 'unreachable' || now >= suspect.since + ttl;

/** One row per owner of leftovers in the slot. */
function leftoverRows(slot: AgentView, around: PlanContext): readonly PlanRow[] {
  const holder = slot.agent?.kind === 'stored' ? slot.agent.record : undefined;
  const byOwner = Map.groupBy(leftoversOf(slot), ({ record }) => record.run);
  return [...byOwner.values()].map((leftovers) => leftoverRow(leftovers, holder, around));
}

function leftoverRow(
  leftovers: readonly ViewInstance[],
  holder: AgentRecord | undefined,
  { now, leases, orphans, watchedSince = 0 }: PlanContext,
): PlanRow {
  const [{ record }] = leftovers as readonly [ViewInstance];
  const { host, agent, run } = record;
  const since = holder
    ? Math.max(holder.startedAt, ...leftovers.map((each) => each.record.since))
    : null;
  const after = leftoverAfter(holder ?? orphans);
  const row = {
    ...blank,
    ...({ kind: 'leftovers', next: 'remove' } as const),
    ...{ host, agent, run, instances: leftovers.length, since },
    why: holder ? 'superseded' : 'orphan',
  } as const;
  if (leases.has(leaseKey(record))) {
    return { ...row, at: null, latest: null, heldBy: { by: 'lease-stands' } };
  }
  const at = Math.max(now, Math.max(since ?? 0, watchedSince) + after);
  return { ...row, at, latest: now + after, heldBy: { by: 'observation' } };
}

/** Below an unreadable agent record nothing is removed. */
function unreadableRow(key: string, detail: string, fleet: Fleet): PlanRow {
  const under = /^agent\.(.+)$/.exec(key)?.[1];
  return {
    ...({ kind: 'record', why: 'unreadable', next: 'nothing' } as const),
    ...{ host: null, agent: null, run: null, key, detail, since: null },
    instances: (under === undefined ? undefined : fleet.slot(under)?.instances.size) ?? 0,
    ...{ at: null, latest: null, heldBy: { by: 'unreadable' } },
  };
}
