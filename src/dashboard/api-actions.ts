import type { Millis } from '../domain/time.ts';
import type { ApiGcPlan } from './api-types.ts';

/**
 * `POST /api/actions/hold`, `/release`, `/sweep`, with `Rollcall-Request`: an id that the page makes for
 * each click; the same id does nothing twice. `as`: who it is, as the audit tells it.
 */
export interface ApiHoldRequest {
  readonly host: string;
  readonly agent?: string;
  readonly for: Millis;
  readonly why?: string;
  readonly as?: string;
}
export interface ApiReleaseRequest {
  readonly host: string;
  readonly agent?: string;
  readonly as?: string;
}
export interface ApiSweepRequest {
  readonly as?: string;
}

/** What came of an action. */
export interface ApiActionResult {
  readonly did: 'planned' | 'extended' | 'released' | 'swept';
  /** How many transitions a sweep wrote. */
  readonly transitions: number;
  readonly by: string;
  /** Of a sweep; null: nobody can say. */
  readonly left: ApiRemaining | null;
}

/** What is still to be removed after a sweep, as `gc plan --json` has it. */
export interface ApiRemaining extends Pick<ApiGcPlan, 'rows' | 'at'> {
  /** Why some of its writes were not let through; null: none was refused. */
  readonly refused: string | null;
}
