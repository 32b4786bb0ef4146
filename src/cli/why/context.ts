import type { Fleet } from '../../domain/fleet/fleet.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** Data for an explanation: the registry at a moment, the history and, for the present, the leases. */
export interface ExplanationContext {
  readonly now: WallTime;
  /** Contains at least the agents of the entity and all registrations of its name. */
  readonly fleet: Fleet;
  readonly history: History;
  /** The last event that is considered. */
  readonly until: Revision;
  /** Number of active collectors; undefined for the past, where it is not recorded. */
  readonly seats: number | undefined;
  /** Lease of a run at the leader; undefined for the past, where it is not recorded. */
  lease(of: RunRef): Promise<'stands' | 'absent' | 'unknown' | undefined>;
}

/** An explanation in a few sentences, with its facts. */
export interface Explanation {
  readonly sentences: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Whether a collector is active; assumed for the past. */
export const observed = ({ seats }: Pick<ExplanationContext, 'seats'>): boolean => seats !== 0;
