/**
 * What the dashboard's server says to its page: the history as compact rows, self-contained page by page.
 *
 * A page's rows name entities and words by their place in that very page, so pages from any time and
 * any server go together, and a server that was restarted needs no word about it. Types only: the page
 * is read by the browser that asked for it, the server that wrote it is the same version.
 */

import type { PlanRow } from '../domain/collection/gc-plan.ts';
import type { ChainRef } from '../domain/events/event-schema.ts';
import type { Millis, Revision, WallTime } from '../domain/time.ts';

/** An entity that has a machine: its chain, as the audit names it. */
export type ApiEntity = ChainRef;

/**
 * One transition: its place in the audit, when the audit stored it, the entity and the words for what
 * happened, where that led to, and the chart it was made with (indices into the page), and the edges
 * taken (indices into the page's words).
 *
 * A state is its active leaves by id below the machine's, joined by `+`:
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

/** What a screen needs of an event beyond its transition; everything else is asked for by its number. */
export interface ApiDetails {
  /** Who did it, as `host/agent`, where that was not the entity's own agent. */
  readonly by?: string;
  /** `silent`, `unreachable`, why an instance is failing, why something was removed, held, … */
  readonly why?: string;
  /** Of a run, when it starts. */
  readonly ttl?: Millis;
  readonly grace?: Millis;
  readonly zone?: string;
  readonly address?: string;
  /** Of an instance, as registered or changed. */
  readonly port?: number;
  /** Of a hold: its end. */
  readonly until?: WallTime;
  /** Of a brake. */
  readonly seen?: number;
  readonly suspect?: number;
  readonly expired?: number;
}

/** A piece of the history: everything from `from` to `to`, both included. */
export interface ApiPage {
  readonly from: Revision;
  readonly to: Revision;
  readonly entities: readonly ApiEntity[];
  readonly words: readonly string[];
  readonly rows: readonly ApiRow[];
  /** By place in `rows`. */
  readonly notes: readonly (readonly [row: number, note: ApiDetails])[];
  /** Places that hold no event that can be read: trimmed, or damaged. */
  readonly gaps: readonly ApiGap[];
}

export interface ApiGap {
  readonly from: Revision;
  readonly to: Revision;
  readonly why: string;
}

/** Where everything stood after an event: what a page begins from. */
export interface ApiState {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly entities: readonly ApiEntity[];
  readonly words: readonly string[];
  /** The entity, its state, when it came there, its chart, and its latest notes together. */
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

/** The first event of a stream, and what `/api/hello` says. */
export interface ApiHello {
  readonly version: string;
  /** What is looked at: the servers and the namespace, or the name of a file. */
  readonly name: string;
  readonly mode: 'live' | 'recording';
  /** The history's first and last place; last 0: nothing yet. */
  readonly first: Revision;
  readonly last: Revision;
  readonly firstAt: WallTime;
  readonly lastAt: WallTime;
  /** The server's clock: countdowns go by it. */
  readonly now: WallTime;
  /** Whether this server takes hold, release and sweep. */
  readonly actions: boolean;
  /** Of each machine, its chart of today. */
  readonly charts: Readonly<Record<string, string>>;
}

/** Every two seconds: the link is alive, and this is how old the data is. */
export interface ApiHeartbeat {
  readonly head: Revision;
  readonly headAt: WallTime;
  readonly now: WallTime;
  /** Since when the store has not answered; null: it does. */
  readonly storeAwaySince: WallTime | null;
  /** The runs of the collectors that have a seat; null: not known. */
  readonly seats: readonly string[] | null;
}

/** How much happened, in equal pieces of time: the strip below every screen. */
export interface ApiDensity {
  readonly from: WallTime;
  readonly to: WallTime;
  /** Transitions, and those of them that are problems (suspected, expired, failed, superseded, tripped). */
  readonly bins: readonly (readonly [transitions: number, problems: number, firstSeq: Revision])[];
}

/** What may happen next to an entity, and why not. */
export interface ApiNextTransition {
  readonly event: string;
  readonly edge: string;
  readonly targets: readonly string[];
  readonly guard: string | null;
  /** Whether its guard lets it through as things stand; null: it has none, or nobody can say. */
  readonly holds: boolean | null;
  readonly description: string | null;
}

/** `/api/causes/SEQ`: the event that led to one, and those that it led to. */
export interface ApiCauses {
  readonly seq: Revision;
  /** Who did it, as `host/agent`; null: it can't be read. */
  readonly by: string | null;
  /** null: nothing but the event before it in its own chain. */
  readonly cause: ApiRelatedEvent | null;
  /** It has a cause, further back than was looked. */
  readonly far: boolean;
  /** In their order, as many as are named; and how many more there are. */
  readonly led: readonly ApiRelatedEvent[];
  readonly more: number;
}

export interface ApiRelatedEvent {
  readonly seq: Revision;
  readonly at: WallTime;
  readonly entity: ApiEntity;
  readonly type: string;
  /** Who did it, as `host/agent`. */
  readonly by: string;
}

/** A refusal: HTTP status 4xx or 5xx, with the fault's code and words. */
export interface ApiGuardResult {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** `/api/explain?entity=…`, where `entity` is a {@link ApiEntity} as JSON. */
export interface ApiExplanation {
  readonly state: string;
  readonly next: readonly ApiNextTransition[];
  /** A guard decides, or the entity was made by another version of its machine: it may be otherwise. */
  readonly unsure: boolean;
  /** Of the event that was asked about; null: nothing is in its way. */
  readonly whyNot: string | null;
}

/** `/api/plan`: what will be removed, when, why and what holds it back, brakes and holds. */
export interface ApiGcPlan {
  readonly seq: Revision;
  readonly at: WallTime;
  /** Of the past: nobody can say what leases stood then. */
  readonly estimate: boolean;
  readonly seats: number | null;
  /** As `gc plan --json` has them. */
  readonly rows: readonly PlanRow[];
  readonly brakes: readonly ApiBrake[];
  readonly holds: readonly ApiHold[];
}

export interface ApiBrake {
  readonly zone: string;
  readonly on: boolean;
  readonly readable: boolean;
  readonly seen: number;
  readonly suspect: number;
  readonly heldBack: number;
  readonly pace: Millis;
  readonly since: WallTime | null;
  readonly endsAt: WallTime | null;
  readonly waiting: number;
}

export interface ApiHold {
  readonly host: string;
  readonly agent: string | null;
  readonly until: WallTime;
  readonly why: string | null;
  readonly by: string;
  readonly since: WallTime;
}

/** `/api/entity`: events as stored, newest first; ask again with `before` the last one's `seq`. */
export interface ApiEventList {
  readonly events: readonly object[];
  readonly more: boolean;
}
