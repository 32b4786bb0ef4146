/**
 * The API between the dashboard server and its page. The history is sent as self-contained pages of compact rows.
 *
 * The rows of a page refer to entities and texts by their index in that page. Pages of any time and any
 * server can therefore be combined, and a restart of the server needs no special handling. There are only
 * types, because the browser code comes from the same version of the server.
 */

import type { PlanRow } from '../domain/collection/gc-plan.ts';
import type { ChainRef } from '../domain/events/event-schema.ts';
import type { Acknowledgement } from '../domain/policy/acknowledgement.ts';
import type { Millis, Revision, WallTime } from '../domain/time.ts';

/** An entity that has a machine: its chain, as the audit names it. */
export type ApiEntity = ChainRef;

/**
 * One transition: its sequence in the audit, the time when the audit stored it, then indices into the
 * page: entity, event type, new state and chart; last the edges taken (indices into the page's `words`).
 *
 * A state is the ids of its active leaf states, without the machine's id, joined by `+`:
 * `present.phase.live+present.sight.clear`.
 */
export type ApiRow = readonly [
  seq: Revision,
  storedAt: WallTime,
  entity: number,
  type: number,
  to: number,
  chart: number,
  edges: readonly number[],
];

/** What screens show of an event in addition to its transition. The page requests the rest by sequence. */
export interface ApiDetails {
  /** The author as `host/agent`, if it is not the entity's own agent. */
  readonly by?: string;
  /** The reason: `silent`, `unreachable`, why an instance is failing, why it was removed, why a hold was set, … */
  readonly why?: string;
  /** For the start of a run. */
  readonly ttl?: Millis;
  readonly grace?: Millis;
  readonly zone?: string;
  readonly address?: string;
  /** For an instance that is registered or changed. */
  readonly port?: number;
  /** Its labels, `name=value`, one a line, for the filter. Bounded: see `longestLabels`. */
  readonly labels?: string;
  /** For a hold: its end. */
  readonly until?: WallTime;
  /** For a brake. */
  readonly seen?: number;
  readonly suspect?: number;
  readonly expired?: number;
  /** For the policy: the returns from suspicion in an hour that it allows. */
  readonly flaps?: number;
  /** For the policy: the losses that need no attention any more. */
  readonly acknowledged?: readonly Pick<Acknowledgement, 'zone' | 'host' | 'agent' | 'until'>[];
}

/** A range of the history: everything from `from` to `to`, both included. */
export interface ApiPage {
  readonly from: Revision;
  readonly to: Revision;
  readonly entities: readonly ApiEntity[];
  readonly words: readonly string[];
  readonly rows: readonly ApiRow[];
  /** By index in `rows`. */
  readonly notes: readonly (readonly [row: number, note: ApiDetails])[];
  /** Sequences without a readable event: trimmed or damaged. */
  readonly gaps: readonly ApiGap[];
}

export interface ApiGap {
  readonly from: Revision;
  readonly to: Revision;
  readonly why: string;
}

/** The states of all entities after an event, with which the page starts. */
export interface ApiState {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly entities: readonly ApiEntity[];
  readonly words: readonly string[];
  /** The entity, its state, when it entered that state, its chart, and its merged notes. */
  readonly states: readonly (readonly [
    entity: number,
    state: number,
    since: WallTime,
    chart: number,
    note: ApiDetails,
    origin: ApiOrigin,
  ])[];
}

/**
 * The event that began an instance's registration, or a run's suspicion: its sequence and its time.
 *
 * Only the order of sequences counts. Zeros: no such event is known.
 */
export type ApiOrigin = readonly [seq: Revision, at: WallTime];

/** The first event of a stream, and the response of `/api/hello`. */
export interface ApiHello {
  readonly version: string;
  /** The origin of the history: the servers and the namespace, or the name of a file. */
  readonly name: string;
  readonly mode: 'live' | 'recording';
  /** The first and last sequence of the history; last 0: it is empty. */
  readonly first: Revision;
  readonly last: Revision;
  readonly firstAt: WallTime;
  readonly lastAt: WallTime;
  /** What is wrong with all that the page shows, as a sentence. */
  readonly notice?: string;
  /** The server's clock, which countdowns use. */
  readonly now: WallTime;
  /** Whether this server accepts actions: hold, release, sweep and acknowledge. */
  readonly actions: boolean;
  /** The current chart of each machine. */
  readonly charts: Readonly<Record<string, string>>;
}

/** Sent every two seconds: the connection is alive, and the data has this age. */
export interface ApiHeartbeat {
  readonly head: Revision;
  readonly headAt: WallTime;
  readonly now: WallTime;
  /** The time since when the store does not answer; null: it answers. */
  readonly storeAwaySince: WallTime | null;
  /** The earlier times without an answer since this server started, the last twenty. */
  readonly outages: readonly (readonly [from: WallTime, to: WallTime])[];
  /** The runs of the collectors that have a seat; null: not known. */
  readonly seats: readonly string[] | null;
  /** When this server last saw each run with a seat, the last twenty. */
  readonly seatSeen: Readonly<Record<string, WallTime>>;
}

/** The number of events in equal time bins, for the timeline below every screen. */
export interface ApiDensity {
  readonly from: WallTime;
  readonly to: WallTime;
  /** Transitions, and those of them that are problems (suspected, expired, failed, superseded, tripped). */
  readonly bins: readonly (readonly [transitions: number, problems: number, firstSeq: Revision])[];
}

/** A possible next transition of an entity. */
export interface ApiNextTransition {
  readonly event: string;
  readonly edge: string;
  readonly targets: readonly string[];
  readonly guard: string | null;
  /** Whether its guard is true in the present state; null: it has no guard, or the result is unknown. */
  readonly holds: boolean | null;
  readonly description: string | null;
}

/** `/api/causes/SEQ`: the cause of an event, and its effects. */
export interface ApiCauses {
  readonly seq: Revision;
  /** The author as `host/agent`; null: unreadable. */
  readonly by: string | null;
  /** null: no cause other than the event before it in its chain. */
  readonly cause: ApiRelatedEvent | null;
  /** The cause is further back than the search went. */
  readonly far: boolean;
  /** The first effects in order; `more` is the number of the others. */
  readonly led: readonly ApiRelatedEvent[];
  readonly more: number;
}

export interface ApiRelatedEvent {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly entity: ApiEntity;
  readonly type: string;
  /** The author as `host/agent`. */
  readonly by: string;
}

/** An error: HTTP status 4xx or 5xx, with the code and the texts of the fault. */
export interface ApiGuardResult {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** `/api/explain?entity=…`, where `entity` is a {@link ApiEntity} as JSON. */
export interface ApiExplanation {
  readonly state: string;
  readonly next: readonly ApiNextTransition[];
  /** The answer may be wrong: a guard is unknown, or another version of the machine made the entity. */
  readonly unsure: boolean;
}

/** A row of the plan, with its column on the page and texts. */
export interface ApiPlanRow extends PlanRow {
  readonly column: 'grace' | 'held' | 'removing' | 'stuck';
  /** Its status and reason as on the Fleet screen. */
  readonly status: string;
  readonly reason: string;
  /** What delays it, other than its grace; empty: nothing. */
  readonly waits: string;
  readonly removes: string;
}

/** `/api/plan`: what will be removed, when and why, what delays it, brakes and holds. */
export interface ApiGcPlan {
  readonly seq: Revision;
  readonly at: WallTime;
  /** True for the past, because past leases are unknown. */
  readonly estimate: boolean;
  /** In the format of `gc plan --json`, and texts. */
  readonly rows: readonly ApiPlanRow[];
  /** All of it in one line. */
  readonly verdict: string;
  readonly brakes: readonly ApiBrake[];
  readonly holds: readonly ApiHold[];
}

/** `/api/brakes`: the brakes of `/api/plan`, and when each run that waits for one expires. */
export interface ApiBrakes {
  readonly brakes: readonly ApiBrake[];
  readonly turns: Readonly<Record<string, WallTime>>;
}

export interface ApiBrake {
  readonly zone: string;
  readonly on: boolean;
  readonly seen: number;
  readonly suspect: number;
  readonly heldBack: number;
  readonly pace: Millis;
  /** It ends when less than this fraction is suspect. */
  readonly release: number;
  readonly endsAt: WallTime | null;
}

export interface ApiHold {
  readonly host: string;
  readonly agent: string | null;
  readonly until: WallTime;
  readonly why: string | null;
  readonly by: string;
  readonly since: WallTime;
}

/** `/api/why?kind=…&name=…&zone=…`: `rollcall why` in pieces, a list for each registration. An empty address: in bold. */
export interface ApiWhy {
  readonly found: readonly (readonly (readonly [text: string, href?: string])[])[];
}

/** `/api/entity`: events as stored, newest first. For older events pass the last `seq` as `before`. */
export interface ApiEventList {
  readonly events: readonly object[];
  readonly more: boolean;
}
