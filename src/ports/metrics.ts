import type { DubiousReason } from '../domain/fleet/directory-rows.ts';
import type { UnsafeEndpoint } from '../domain/fleet/endpoint.ts';
import type { LostCount } from '../domain/losses/losses.ts';
import type { SuspectReason } from '../domain/records/schemas.ts';
import type { Millis, Revision, WallTime } from '../domain/time.ts';
import type { Door } from './service-view.ts';

/** Owner of a lease: an agent's run or a collector's seat. */
export type LeaseOwner = 'run' | 'seat';

/**
 * A view that a watch keeps. A process may have a view of the registry for its `collector` and one for its
 * `directory`; `leases` is a collector's view of the leases.
 */
export type ViewOwner = 'collector' | 'directory' | 'leases';

/** The kind of write that a collector attempted. */
export type CollectorWrite = 'suspect' | 'expire' | 'remove' | 'end-hold' | 'end-drain';

/** Why a collector removed an instance: see machines/instance.ts. */
type CollectedBecause = 'owner-expired' | Extract<DubiousReason, 'superseded' | 'orphan'>;

/** One zone's brake as a collector computes it from the registry; numbers are runs. */
export interface BrakeReading {
  /** The zone; empty for hosts without one. */
  readonly zone: string;
  /** Whether the brake is on: expiries in the zone are limited. */
  readonly on: boolean;
  /** Runs in the zone: the denominator of the fraction. */
  readonly seen: number;
  /** Suspect runs, without those that are leaving or under a hold. */
  readonly suspect: number;
  /** Runs that would be expired now without the brake. */
  readonly heldBack: number;
}

/**
 * Counters and timings of the core, for monitoring.
 *
 * Each method is called once, right after the event. No method fails, waits or returns a value, and no
 * decision depends on them. Methods that a later version added are optional. Durations are milliseconds on
 * the caller's monotonic clock. The adapter chooses the exported names and units
 * (docs/reference/metrics.md).
 */
export interface Metrics {
  /**
   * The store acknowledged a renewal. `late` is the time from the planned renewal to the acknowledgement,
   * unanswered attempts and the round trip included. Close to the ttl minus the renewal interval, the
   * lease is about to lapse.
   */
  renewed(lease: LeaseOwner, late: Millis): void;

  /**
   * A renewal was not acknowledged. `refused`: the lease had lapsed or another process wrote the key.
   * `unanswered`: it may or may not have been stored; it is retried.
   */
  renewalFailed(lease: LeaseOwner, how: 'refused' | 'unanswered'): void;

  /** This process lost a lease: a renewal was refused, or none was acknowledged for a ttl. */
  lapsed(lease: LeaseOwner): void;

  /**
   * This collector's suspicion was committed. `reason`: `silent` or `unreachable`. `after` counts from the last renewal that it saw or from
   * the disconnect notification, whichever is later; undefined if it saw neither, because the run was
   * already silent when it began to watch.
   */
  suspected(reason: SuspectReason, after: Millis | undefined): void;

  /** A run of this process was suspected and refuted it: its rewritten record was committed. */
  refuted(): void;

  /** This collector's expiry of a run was committed. */
  expired(): void;

  /**
   * A compare-and-set refused a collector's write because the record changed after it was judged. This
   * prevents a wrong removal and is no failure. Many in a row for one kind of write need investigation.
   * `write`: `suspect`, `expire`, `remove`, `end-hold` or `end-drain`.
   */
  conflictAvoided(write: CollectorWrite): void;

  /**
   * Instances removed by one committed batch of this collector; 0 if it removed only an agent record.
   * `why`: `owner-expired`, `superseded` or `orphan`.
   */
  removed(why: CollectedBecause, instances: number): void;

  /** A sweep examined the whole registry. `took` does not include removals that still run. */
  swept(took: Millis): void;

  /** The view of a `collector` or `directory` received data or a heartbeat from the store: its age is 0. */
  viewHeard(view: ViewOwner): void;

  /**
   * A later snapshot replaced the view, and so many of its entries had been wrong: the store lost its last
   * messages, or the watch missed some. 0: the view was right.
   */
  viewCorrected?(view: ViewOwner, entries: number): void;

  /** So many records are too much and are left out of the view. */
  viewLeftOut?(view: ViewOwner, records: number): void;

  /** The view was closed: it has no age. */
  viewClosed(view: ViewOwner): void;

  /** Whether this process holds a seat. Without a seat, previously reported brakes are void. */
  seated(isSeated: boolean): void;

  /** Whether this process holds a seat and judges nothing, because it does not see. */
  blind?(isBlind: boolean): void;

  /** Whether the store has refused the commits of this agent or collector for longer than a renewal takes. */
  commitsRefused?(isRefused: boolean): void;

  /** An instance of this agent is written again and again, and from now on less often. */
  writePaused?(): void;

  /**
   * The connection to the store, as looked at twice a second. `loginExpires`: when the credentials expire with
   * which it was made or is tried; undefined: never, or not known.
   */
  connection?(now: {
    readonly isUp: boolean;
    readonly isLoginRefused: boolean;
    readonly loginExpires: WallTime | undefined;
  }): void;

  /**
   * Since when the instances file of this agent has an error; undefined: it has none. What is registered is its last
   * valid content.
   */
  instancesFile?(invalidSince: WallTime | undefined): void;

  /** An attempt to open an endpoint of this process failed. `endpoint`: `metrics`, `api`, `dns`, `http` or `dashboard`. */
  listenFailed?(endpoint: string): void;

  /** How far the wall clock of this process is ahead of the server's, as this collector or agent measures it. */
  clockOffset?(ahead: Millis): void;

  /** All zones' brakes as this collector computes them. Replaces the previous list. */
  brakes(zones: readonly BrakeReading[]): void;

  /**
   * What is lost and not acknowledged: each zone, and each of its services with the number of lost instances.
   * Replaces the previous list. A process that does not report it defines no such method, and nothing is read.
   */
  lost?(zones: readonly LostCount[]): void;

  /**
   * A door or driver answered or acted; `api`: the local API of an agent answered; `docker`: the engine was
   * asked for its containers. `outcome` is one of a few words: see docs/reference/metrics.md.
   */
  doorAnswered?(door: Door | 'api' | 'docker', outcome: string): void;

  /** Instances of a service in the last answer or file of a door or driver. */
  doorRows?(door: Door, service: string, rows: number): void;

  /** The slots of a backend of HAProxy by their state: free, emptied, operator, draining or ready. */
  slots?(backend: string, byState: ReadonlyMap<string, readonly unknown[]>): void;

  /** A door or driver leaves out a record, because its address or port is missing or unsafe. */
  rowLeftOut?(door: Door, why: UnsafeEndpoint): void;

  /** Whether a service without records is answered with its last instances (G13). */
  serviceKept?(service: string, isKept: boolean): void;

  /** This collector's last anchor outside the store includes the history up to here, now. */
  anchored?(seq: Revision): void;

  /** Renewals of runs and seats that this process's lease watch received. */
  heartbeats(messages: number): void;
}

/** @deprecated Use `Metrics`. */
export type Meters = Metrics;

/** For a process without monitoring. */
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
  viewCorrected() {},
  viewClosed() {},
  seated() {},
  blind() {},
  brakes() {},
  heartbeats() {},
};
