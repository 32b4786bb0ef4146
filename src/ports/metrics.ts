import type { DubiousReason } from '../domain/fleet/directory-rows.ts';
import type { SuspectReason } from '../domain/records/schemas.ts';
import type { Millis } from '../domain/time.ts';

/** Whose lease: an agent's run, or a collector's seat. */
export type LeaseOwner = 'run' | 'seat';

/** Who keeps a view: a process may have one for its collector and one for whoever looks. */
export type ViewOwner = 'collector' | 'directory';

/** The write that a collector wanted to make. */
export type CollectorWrite = 'suspect' | 'expire' | 'remove' | 'end-hold';

/** Why a collector removed an instance: see machines/instance.ts. */
type CollectedBecause = 'owner-expired' | Extract<DubiousReason, 'superseded' | 'orphan'>;

/** One zone's brake as a collector computes it from the registry; the numbers are runs. */
export interface BrakeReading {
  /** The hosts' zone; empty for hosts that name none. */
  readonly zone: string;
  readonly on: boolean;
  /** The records that the fraction is of. */
  readonly seen: number;
  /** Those of them that are suspect, and neither planned nor leaving. */
  readonly suspect: number;
  /** Those that would be expired now, were it not for the brake. */
  readonly heldBack: number;
}

/**
 * What is counted and timed while the core works, for whoever watches the watchers.
 *
 * Plain facts, each said once, right after it became one: nothing here fails, waits, or is read back,
 * and no decision may depend on it. Durations are milliseconds of the caller's own monotonic clock; what
 * they are called and counted in outside is the adapter's (docs/reference/metrics.md).
 */
export interface Metrics {
  /**
   * The store acknowledged a renewal. `late`: from the moment for which it was planned until the
   * acknowledgement, attempts that got no answer included; the round trip of a punctual one is a part
   * of it. Near the ttl less the renewal interval, the lease is about to lapse.
   */
  renewed(lease: LeaseOwner, late: Millis): void;

  /**
   * A renewal that was not acknowledged. `refused`: the lease had lapsed, or another write came
   * between. `unanswered`: it may or may not have been stored; it is tried again.
   */
  renewalFailed(lease: LeaseOwner, how: 'refused' | 'unanswered'): void;

  /** A lease that was held can be claimed no longer, refused or not renewed for a whole ttl. */
  lapsed(lease: LeaseOwner): void;

  /**
   * This collector's suspicion was committed. `after`: since the run's last renewal that it saw, or
   * since it learned of the departure, whichever is later; undefined where it saw neither, because it
   * began to watch when the run was silent already.
   */
  suspected(reason: SuspectReason, after: Millis | undefined): void;

  /** A run of this process found itself suspected, and its rewritten record was committed. */
  refuted(): void;

  /** This collector's expiry of a run was committed. */
  expired(): void;

  /**
   * A compare-and-set refused a collector's write: somebody else had written since it judged. That is
   * how a mistake is avoided, not a failure; many in a row for one write are worth a look.
   */
  conflictAvoided(write: CollectorWrite): void;

  /** Instances that one committed batch of this collector removed; 0 is a batch of a record alone. */
  removed(why: CollectedBecause, instances: number): void;

  /** A sweep has looked at everything. `took`: without the work that it began and that goes on. */
  swept(took: Millis): void;

  /** The store was heard: the view is as fresh as this moment. Its age counts from here. */
  viewHeard(view: ViewOwner): void;

  /** Nobody keeps this view any more: it has no age. */
  viewClosed(view: ViewOwner): void;

  /** Whether this process holds a seat. Without one it computes no brakes, and those said are void. */
  seated(held: boolean): void;

  /** All brakes as this collector computes them, replacing what was said: a zone not named is gone. */
  brakes(zones: readonly BrakeReading[]): void;

  /** Heartbeats, runs' and seats', that came in through this process's watch of the leases. */
  heartbeats(messages: number): void;
}

/** For a process of which nobody asks. */
export const noopMetrics: Metrics = {
  renewed() {},
  renewalFailed() {},
  lapsed() {},
  suspected() {},
  refuted() {},
  expired() {},
  conflictAvoided() {},
  removed() {},
  swept() {},
  viewHeard() {},
  viewClosed() {},
  seated() {},
  brakes() {},
  heartbeats() {},
};
