import type { PlanRow } from '../domain/collection/gc-plan.ts';
import type { Millis, WallTime } from '../domain/time.ts';

/**
 * `POST /api/actions/hold`, `/release`, `/sweep`, `/acknowledge`, with `Rollcall-Request`: an id that the page makes for
 * each click; the same request with the same id has no
 * second effect; another request with it is refused (`id-reused`). `as`: the author in the audit.
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
/** Acknowledges the losses of a zone, host or agent up to `until`, the last loss that the page showed. */
export interface ApiAcknowledgeRequest {
  readonly zone?: string;
  readonly host?: string;
  readonly agent?: string;
  readonly until: WallTime;
  readonly why?: string;
  readonly as?: string;
}
export interface ApiSweepRequest {
  readonly as?: string;
}

/** The result of an action. */
export interface ApiActionResult {
  readonly did: 'planned' | 'extended' | 'released' | 'swept' | 'acknowledged' | 'already';
  /** The number of transitions that a sweep wrote. */
  readonly transitions: number;
  readonly by: string;
  /** Only of a sweep; null: unknown. */
  readonly left: ApiRemaining | null;
  /** What was done, as a sentence, and whether all of it was. */
  readonly text: string;
  readonly level: 'good' | 'partly';
  /** Of a hold: when it ends. */
  readonly until?: WallTime;
}

/** The removals that remain after a sweep, in the format of `gc plan --json`. */
export interface ApiRemaining {
  readonly rows: readonly PlanRow[];
  readonly at: WallTime;
  /** Why some of its writes were refused; null: none was refused. */
  readonly refused: string | null;
}
