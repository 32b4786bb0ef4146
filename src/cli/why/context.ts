import type { BrakeForecast } from '../../domain/collection/brake-forecast.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { AgentView, Fleet } from '../../domain/fleet/fleet.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { StoredAgent, StoredInstance } from '../../domain/records/stored-record.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { RunLife } from './run-history.ts';

/** Data for an explanation: the registry at a moment, the history and, for the present, the leases. */
export interface ExplanationContext {
  readonly now: WallTime;
  /** Contains at least the agents of the entity and all registrations of its name. */
  readonly fleet: Fleet<StoredInstance>;
  readonly history: History;
  /** The last event that is considered. */
  readonly until: Revision;
  /** Number of active collectors; of the past it is known at most that there was none. */
  readonly seats: number | undefined;
  /** Since when the longest of the collectors watches; 0: not known, or before every suspicion. */
  readonly watchedSince: WallTime;
  /** The forecasts of `rollcall gc plan` for the brakes that are on, of the present if one delays a run of the entity. */
  readonly brakes: readonly BrakeForecast[];
  /** Lease of a run at the leader; undefined for the past, where it is not recorded. */
  lease(of: RunRef): Promise<'stands' | 'absent' | 'unknown' | undefined>;
}

/** An explanation in a few sentences, with its facts. */
export interface Explanation {
  readonly sentences: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Whether a collector is active; assumed where it is not known. */
export const observed = ({ seats }: Pick<ExplanationContext, 'seats'>): boolean => seats !== 0;

/** Data for the explanation of an instance. */
export interface InstanceContext {
  readonly context: ExplanationContext;
  readonly stored: StoredInstance;
  readonly slot: AgentView;
  readonly row: InstanceRow;
  readonly name: string;
  /** History of its owner. */
  readonly life: RunLife;
  readonly lease: string | undefined;
}

interface Next {
  readonly what: string;
  readonly at: WallTime | null;
}

export interface Paragraph {
  readonly sentences: readonly [what: string, before: string, next: string];
  readonly next: Next;
}

/** The record of the agent, if it can be read. */
export const agentOf = ({ agent }: AgentView): StoredAgent | undefined =>
  agent?.kind === 'stored' ? agent : undefined;
