import type { Fleet } from '../../domain/fleet/fleet.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** What an explanation stands on: the registry at a moment, its history, and now also the leases. */
export interface ExplanationContext {
  readonly now: WallTime;
  /** At least the slots and the namesakes of what is explained. */
  readonly fleet: Fleet;
  readonly history: History;
  /** The last event that counts. */
  readonly until: Revision;
  /** How many collectors watch; undefined: of the past nobody knows. */
  readonly seats: number | undefined;
  /** A run's lease at the leader; undefined: of the past nobody knows. */
  lease(of: RunRef): Promise<'stands' | 'absent' | 'unknown' | undefined>;
}

/** An explanation in a few sentences, and the facts that it was made of. */
export interface Explanation {
  readonly sentences: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Whether somebody watches; of the past it is not doubted. */
export const observed = ({ seats }: Pick<ExplanationContext, 'seats'>): boolean => seats !== 0;
