import { type BrakeForecast, forecastBrakes } from '../../../domain/collection/brake-forecast.ts';
import { type Plan, planRemovals } from '../../../domain/collection/gc-plan.ts';
import type { Fleet } from '../../../domain/fleet/fleet.ts';
import { watchedSince } from '../../../domain/fleet/observation.ts';
import { leaseKey } from '../../../domain/identity/registry-keys.ts';
import { defaultLease } from '../../../domain/policy/lease-policy.ts';
import { type Millis, type Revision, seconds, type WallTime } from '../../../domain/time.ts';
import { replayTo } from '../../../runtime/audit/replay.ts';
import type { ApiBrake, ApiBrakes, ApiGcPlan, ApiHold } from '../../api-types.ts';
import type { Source } from '../history/live-source.ts';
import { watchedNow } from '../history/watched-since.ts';
import { planRow, verdict } from './plan-text.ts';
import { SharedWork } from './shared-work.ts';

/** The registry as it is now. */
export interface LiveFleet {
  /** The view that this process keeps current, and the time of the store. */
  now(): Promise<{ readonly fleet: Fleet; readonly now: WallTime }>;
  /** What will be removed from that view. Reads leases and seats, and pings the suspects. */
  plan(fleet: Fleet): Promise<Plan>;
}

/** A moment of the history. `time`: it is after the event `at`; undefined: it is that of the event. */
export interface PlanMoment {
  readonly at: Revision;
  readonly time?: WallTime | undefined;
}

/** The fleet after an event. */
interface Replayed {
  readonly fleet: Fleet;
  readonly seq: Revision;
  readonly at: WallTime;
  readonly isUnobserved: boolean;
  readonly watchedSince: WallTime;
}

/** The moments whose fleets are kept: that of each page that looks at the past, if they are few. */
const keptMoments = 4;
/** All pages share a forecast of the present for this long. */
const sharedFor: Millis = seconds(1);

/** What will be removed from the fleet of a history, and how its brakes will end. Pages with the same question share the work. */
export class GcPlans {
  readonly #source: Source;
  readonly #live: LiveFleet | undefined;
  readonly #replays = new SharedWork<Replayed>(keptMoments);
  #planning: Promise<ApiGcPlan> | undefined;
  #brakes: { readonly since: WallTime; readonly result: Promise<ApiBrakes> } | undefined;

  /** `live` undefined: the history is a recording, and its present is its end. */
  constructor(source: Source, live: LiveFleet | undefined) {
    this.#source = source;
    this.#live = live;
  }

  /** `moment` undefined: the present. */
  plan(moment: PlanMoment | undefined, signal: AbortSignal): Promise<ApiGcPlan> {
    if (moment || !this.#live) return this.#pastPlan(moment ?? this.#end(), signal);
    this.#planning ??= this.#livePlan(this.#live).finally(() => {
      this.#planning = undefined;
    });
    return this.#planning;
  }

  /** The brakes alone, from the records: nothing is read from the store. `moment` undefined: the present. */
  brakes(moment: PlanMoment | undefined, signal: AbortSignal): Promise<ApiBrakes> {
    if (moment || !this.#live) return this.#pastBrakes(moment ?? this.#end(), signal);
    const now = this.#source.now();
    const age = now - (this.#brakes?.since ?? 0);
    if (!this.#brakes || age < 0 || age >= sharedFor) {
      const result = this.#live
        .now()
        .then(({ fleet, now: at }) => brakesOf(fleet, at, watchedNow(this.#source)));
      this.#brakes = { since: now, result };
    }
    return this.#brakes.result;
  }

  #end = (): PlanMoment => ({ at: this.#source.index().last });

  async #livePlan(live: LiveFleet): Promise<ApiGcPlan> {
    const { fleet } = await live.now();
    const plan = await live.plan(fleet);
    const seq = this.#source.index().last;
    return { seq, at: this.#source.now(), estimate: false, ...documentOf(plan, fleet) };
  }

  /**
   * Leases are not recorded, so this assumes that every run without a suspicion had its lease, and that a collector
   * was watching unless the history says that there was none.
   */
  async #pastPlan(moment: PlanMoment, signal: AbortSignal): Promise<ApiGcPlan> {
    const { fleet, seq, at, isUnobserved, watchedSince } = await this.#replayed(moment.at, signal);
    const leases = new Set<string>();
    for (const { agent } of fleet.slots()) {
      if (agent?.kind === 'stored' && !agent.record.suspect) leases.add(leaseKey(agent.record));
    }
    const now = moment.time ?? at;
    const around = { now, leases, answering: new Set<string>(), orphans: defaultLease };
    const plan = planRemovals(fleet, { ...around, seats: isUnobserved ? 0 : 1, watchedSince });
    return { seq, at: now, estimate: true, ...documentOf(plan, fleet) };
  }

  async #pastBrakes(moment: PlanMoment, signal: AbortSignal): Promise<ApiBrakes> {
    const { fleet, at, watchedSince } = await this.#replayed(moment.at, signal);
    return brakesOf(fleet, moment.time ?? at, watchedSince);
  }

  #replayed(at: Revision, signal: AbortSignal): Promise<Replayed> {
    // What comes after the end is not known yet.
    const upTo = Math.min(at, this.#source.index().last);
    const key = `${this.#source.resets().count} ${upTo}`;
    return this.#replays.get(key, signal, (stop) => replayed(this.#source, upTo, stop));
  }
}

async function replayed(
  { history, keyframes }: Source,
  upTo: Revision,
  signal: AbortSignal,
): Promise<Replayed> {
  const result = await replayTo(history, { seq: upTo }, keyframes, signal, noHash);
  const { fleet, seq, at, seats, hasAllCollectors } = result;
  const isWhole = hasAllCollectors && (await history.range()).first <= 1;
  const collectors = seats.collectors();
  const isUnobserved = isWhole && collectors.length === 0;
  return { fleet, seq, at, isUnobserved, watchedSince: watchedSince(collectors, at) };
}

/** Only the state is needed, so the chains are not verified. */
const noHash = () => '0'.repeat(64);

function brakesOf(fleet: Fleet, now: WallTime, watchedSince: WallTime): ApiBrakes {
  const all = forecastBrakes(fleet, now, watchedSince);
  const turns = all.flatMap(({ turns: some }) =>
    [...some].map(([run, { at }]) => [run, at] as const),
  );
  return { brakes: all.map((one) => brakeOf(one, fleet)), turns: Object.fromEntries(turns) };
}

function documentOf(plan: Plan, fleet: Fleet) {
  const rows = plan.rows.map((row) => planRow(row, plan.brakes));
  return {
    ...{ rows, verdict: verdict(rows), brakes: plan.brakes.map((one) => brakeOf(one, fleet)) },
    holds: [...fleet.controls.holds()].map(({ record }): ApiHold => {
      const { host, agent = null, until, why = null, by, since } = record;
      return { host, agent, until, why, by: `${by.host}/${by.agent}`, since };
    }),
  };
}

const brakeOf = ({ record, turns: _, ...counts }: BrakeForecast, fleet: Fleet): ApiBrake => ({
  ...counts,
  on: record !== undefined,
  release: fleet.controls.policy.brake.release,
});
