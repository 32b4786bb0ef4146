import {
  type BrakeVerdict,
  countZones,
  judgeBrake,
  type ZoneCount,
  zoneOf,
} from '../../../domain/collection/brake.ts';
import type { RunEvidence } from '../../../domain/collection/judge.ts';
import { Fault } from '../../../domain/fault.ts';
import type { ZoneName } from '../../../domain/identity/names.ts';
import { brakeKey } from '../../../domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../domain/records/schemas.ts';
import { readBrake, type StoredBrake } from '../../../domain/records/stored-record.ts';
import type { Millis, MonotonicTime, Revision } from '../../../domain/time.ts';
import type { BrakeReading } from '../../../ports/metrics.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Commit } from '../../../ports/registry.ts';
import type { RegistryCache } from '../../support/registry-cache.ts';
import {
  countAdmittedExpiries,
  releaseBrake,
  startBrake,
} from '../../transitions/fleet-changes.ts';
import type { Author, Change } from '../../transitions/record-change.ts';
import { sealChange, sealCommit } from '../../transitions/seal-changes.ts';
import type { BatchableCommit, BrakePermit } from './commit-batcher.ts';

const none: ZoneCount = { seen: 0, suspect: 0 };

/**
 * The brakes of all zones, as one observer sees and sets them.
 *
 * Whether a zone brakes follows from the registry alone, so all seats get the same result, and the
 * first one writes the record. The record also carries the pace: each commit that admits runs
 * rewrites it, and every seat then waits again from the moment it sees that revision, on its own
 * clock.
 */
export class ZoneBrakes {
  readonly #author: Author;
  readonly #view: RegistryCache;
  readonly #ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'log' | 'metrics'>;
  /** The time between two sweeps: a pace below it admits several runs per sweep. */
  readonly #sweepEvery: Millis;
  readonly #pacing = new Map<
    ZoneName,
    { revision: Revision; since: MonotonicTime; admitted: number }
  >();
  /** The records that this seat wrote, or tried to, since it got its permits at this revision. */
  readonly #ownRewrites = new Map<ZoneName, { hashes: Set<string>; from: Revision }>();
  readonly #inProgress = new Set<ZoneName>();
  #counts: ReadonlyMap<ZoneName, ZoneCount> = new Map();
  #countedRevision: Revision = -1;
  readonly #blocked = new Map<ZoneName, number>();

  constructor(
    author: Author,
    view: RegistryCache,
    sweepEvery: Millis,
    ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'log' | 'metrics'>,
  ) {
    this.#author = author;
    this.#view = view;
    this.#sweepEvery = sweepEvery;
    this.#ports = ports;
  }

  /** Judges every zone; starts and releases brakes. */
  update(): void {
    const { fleet } = this.#view;
    if (fleet.upTo !== this.#countedRevision) {
      this.#countedRevision = fleet.upTo;
      this.#counts = countZones(fleet);
      const zones = new Set(this.#counts.keys());
      for (const brake of fleet.controls.brakes()) {
        if (brake.kind === 'stored') zones.add(brake.record.zone);
      }
      for (const zone of zones) this.#judge(zone);
    }
    this.#ports.metrics.brakes(this.#readings());
    this.#blocked.clear();
  }

  /** How many runs the zone has, and how many are suspect. */
  countOf(zone: ZoneName): ZoneCount {
    return this.#counts.get(zone) ?? none;
  }

  /** The state of the zone's brake for a run that would be expired now. */
  stateFor(record: AgentRecord): RunEvidence['brake'] {
    const zone = zoneOf(record);
    const brake = this.#view.fleet.controls.brakeOf(zone);
    if (brake === undefined) return this.#verdict(zone, false) === 'trip' ? 'waits' : 'off';
    if (brake.kind === 'unreadable') return 'waits';
    return this.#admissible(brake) > 0 ? 'lets-through' : 'waits';
  }

  /** Counts a run that waits for its brake, for the metrics. */
  countBlocked(record: AgentRecord): void {
    const zone = zoneOf(record);
    this.#blocked.set(zone, (this.#blocked.get(zone) ?? 0) + 1);
  }

  /** Acquires one of the permits that the pace allows now. */
  acquirePermit(record: AgentRecord): BrakePermit | undefined {
    const zone = zoneOf(record);
    const pacing = this.#pacing.get(zone);
    if (!pacing) return undefined;
    pacing.admitted += 1;
    return { zone, revision: pacing.revision };
  }

  /** Releases a permit: the run was not expired. */
  releasePermit({ zone, revision }: BrakePermit): void {
    const pacing = this.#pacing.get(zone);
    if (pacing && pacing.revision === revision && pacing.admitted > 0) pacing.admitted -= 1;
  }

  /** The brake records to store with these commits, which expire runs under the brakes. */
  rewritesFor(commits: readonly BatchableCommit[]): readonly Commit[] {
    const all = Map.groupBy(
      commits.flatMap(({ permit }) => permit ?? []),
      ({ zone }) => zone,
    );
    return [...all.values()].flatMap((permits) => this.#rewriteOf(permits) ?? []);
  }

  #rewriteOf(permits: readonly BrakePermit[]): Commit | undefined {
    const [first] = permits;
    if (!first) return undefined;
    const { zone } = first;
    const brake = this.#view.fleet.controls.brakeOf(zone);
    const own = this.#ownRewrites.get(zone);
    const isOwn = brake?.kind === 'stored' && own?.hashes.has(brake.record.hash);
    // If the pace admits several runs, the first commit has rewritten the record before the others.
    const from = isOwn ? own?.from : brake?.revision;
    const stale = permits.find(
      (permit) => permit.revision !== brake?.revision && permit.revision !== from,
    );
    if (stale || brake?.kind !== 'stored') {
      // Another seat admitted a run meanwhile, or the brake is gone: the permit is no longer valid.
      return {
        writes: [],
        events: [],
        fences: [{ key: brakeKey(zone), expectedRevision: (stale ?? first).revision }],
      };
    }
    // Its hash must be known now, so it is signed alone.
    const change = sealChange(
      countAdmittedExpiries(this.#author, brake, permits.length, this.countOf(zone)),
    );
    const hashes = own?.from === first.revision ? own.hashes : new Set<string>();
    this.#ownRewrites.set(zone, { hashes: hashes.add(change.head.hash), from: first.revision });
    return { writes: [change.write], events: change.events };
  }

  /**
   * How many connections of the zone of a run may close at the same time and still tell something
   * about each run.
   */
  maxDisconnectsAtOnce(record: AgentRecord): number {
    const { fraction, count } = this.#view.fleet.controls.policy.brake;
    return Math.max(count - 1, fraction * this.countOf(zoneOf(record)).seen);
  }

  /** How many runs may be admitted now, at most. */
  #admissible(brake: StoredBrake): number {
    const { pace } = this.#view.fleet.controls.policy.brake;
    const now = this.#ports.clock.monotonic();
    const { zone } = brake.record;
    let pacing = this.#pacing.get(zone);
    if (pacing?.revision !== brake.revision) {
      pacing = { revision: brake.revision, since: now, admitted: 0 };
      this.#pacing.set(zone, pacing);
    }
    if (now - pacing.since < pace) return 0;
    return Math.max(1, Math.floor(this.#sweepEvery / pace)) - pacing.admitted;
  }

  #verdict(zone: ZoneName, on: boolean): BrakeVerdict {
    return judgeBrake(this.countOf(zone), on, this.#view.fleet.controls.policy.brake);
  }

  #judge(zone: ZoneName): void {
    const brake = this.#view.fleet.controls.brakeOf(zone);
    if (brake?.kind === 'unreadable' || this.#inProgress.has(zone)) return;
    const verdict = this.#verdict(zone, brake !== undefined);
    if (verdict === 'keep') return;
    this.#inProgress.add(zone);
    this.#set(zone, brake)
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        // Without the brake record no run of the zone is expired: operators must know.
        this.#ports.log.warn('brake-not-set', { zone, why: error.message });
      })
      .finally(() => {
        this.#inProgress.delete(zone);
        this.#countedRevision = -1;
      });
  }

  async #set(zone: ZoneName, brake: StoredBrake | undefined): Promise<void> {
    const { registry, entropy, log } = this.#ports;
    const count = this.countOf(zone);
    const policy = this.#view.fleet.controls.policy.brake;
    const provenance = { evidence: { ...count, policy } };
    let change: Change;
    if (brake) change = releaseBrake(this.#author, brake, provenance);
    else {
      const current = readBrake(await registry.read(brakeKey(zone)));
      if (current.kind !== 'absent') return; // another seat was faster
      const of = { zone, run: entropy.runId() };
      change = startBrake(this.#author, current, of, count, provenance);
    }
    const { outcome } = await registry.commit(sealCommit([change]));
    if (outcome === 'committed') {
      log.info(brake ? 'brake-released' : 'brake-tripped', { zone, ...count });
    }
  }

  #readings(): readonly BrakeReading[] {
    return [...this.#counts].map(([zone, count]) => ({
      ...{ zone, ...count, heldBack: this.#blocked.get(zone) ?? 0 },
      on: this.#view.fleet.controls.brakeOf(zone) !== undefined,
    }));
  }
}
