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
import type { BatchableCommit, BrakePermit } from './commit-batcher.ts';

const none: ZoneCount = { seen: 0, suspect: 0 };

/**
 * The brakes of all zones, as one observer sees and sets them.
 *
 * Whether a zone brakes follows from the registry alone, so every seat comes to the same; whoever is
 * first writes the record. Its pace is the record's: who lets runs through rewrites it in the same
 * commit, and everybody waits again from when that revision is seen, each on its own clock.
 */
export class ZoneBrakes {
  readonly #author: Author;
  readonly #view: RegistryCache;
  readonly #ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'log' | 'metrics'>;
  /** Between two looks of whoever asks: a pace below it lets several through at a time. */
  readonly #every: Millis;
  readonly #known = new Map<
    ZoneName,
    { revision: Revision; since: MonotonicTime; through: number }
  >();
  /** What this seat wrote or tried to, since it took its places at this revision. */
  readonly #written = new Map<ZoneName, { hashes: Set<string>; from: Revision }>();
  readonly #setting = new Set<ZoneName>();
  #counts: ReadonlyMap<ZoneName, ZoneCount> = new Map();
  #countedAt: Revision = -1;
  readonly #heldBack = new Map<ZoneName, number>();

  constructor(
    author: Author,
    view: RegistryCache,
    every: Millis,
    ports: Pick<Ports, 'registry' | 'clock' | 'entropy' | 'log' | 'metrics'>,
  ) {
    this.#author = author;
    this.#view = view;
    this.#every = every;
    this.#ports = ports;
  }

  /** Looks at every zone; sets or releases what is to be set or released. */
  update(): void {
    const { fleet } = this.#view;
    if (fleet.upTo !== this.#countedAt) {
      this.#countedAt = fleet.upTo;
      this.#counts = countZones(fleet);
      const zones = new Set(this.#counts.keys());
      for (const brake of fleet.controls.brakes()) {
        if (brake.kind === 'stored') zones.add(brake.record.zone);
      }
      for (const zone of zones) this.#judge(zone);
    }
    this.#ports.metrics.brakes(this.#readings());
    this.#heldBack.clear();
  }

  /** How many runs the zone has, and how many of them are suspect. */
  countOf(zone: ZoneName): ZoneCount {
    return this.#counts.get(zone) ?? none;
  }

  /** What its zone's brake says to a run that would be expired now. */
  stateFor(record: AgentRecord): RunEvidence['brake'] {
    const zone = zoneOf(record);
    const brake = this.#view.fleet.controls.brakeOf(zone);
    if (brake === undefined) return this.#verdict(zone, false) === 'trip' ? 'waits' : 'off';
    if (brake.kind === 'unreadable') return 'waits';
    return this.#left(brake) > 0 ? 'lets-through' : 'waits';
  }

  /** Counts one that waits for its brake, for whoever looks on. */
  countBlocked(record: AgentRecord): void {
    const zone = zoneOf(record);
    this.#heldBack.set(zone, (this.#heldBack.get(zone) ?? 0) + 1);
  }

  /** Takes one of the places that the pace allows now. */
  acquirePermit(record: AgentRecord): BrakePermit | undefined {
    const zone = zoneOf(record);
    const known = this.#known.get(zone);
    if (!known) return undefined;
    known.through += 1;
    return { zone, revision: known.revision };
  }

  /** Gives it back: the run was not expired. */
  releasePermit({ zone, revision }: BrakePermit): void {
    const known = this.#known.get(zone);
    if (known && known.revision === revision && known.through > 0) known.through -= 1;
  }

  /** The rewrites of the brakes under which these commits expire runs, stored along with them. */
  rewritesFor(commits: readonly BatchableCommit[]): readonly Commit[] {
    const all = Map.groupBy(
      commits.flatMap(({ permit: place }) => place ?? []),
      ({ zone }) => zone,
    );
    return [...all.values()].flatMap((places) => this.#rewriteFor(places) ?? []);
  }

  #rewriteFor(places: readonly BrakePermit[]): Commit | undefined {
    const [first] = places;
    if (!first) return undefined;
    const { zone } = first;
    const brake = this.#view.fleet.controls.brakeOf(zone);
    const written = this.#written.get(zone);
    const isOurs = brake?.kind === 'stored' && written?.hashes.has(brake.record.hash);
    // Where a pace lets several through, the first of them has rewritten it before the others come.
    const from = isOurs ? written?.from : brake?.revision;
    const late = places.find(
      (place) => place.revision !== brake?.revision && place.revision !== from,
    );
    if (late || brake?.kind !== 'stored') {
      // Another seat let one through meanwhile, or the brake is gone: this place is no more.
      return {
        writes: [],
        events: [],
        fences: [{ key: brakeKey(zone), expectedRevision: (late ?? first).revision }],
      };
    }
    const change = countAdmittedExpiries(this.#author, brake, places.length, this.countOf(zone));
    const hashes = written?.from === first.revision ? written.hashes : new Set<string>();
    this.#written.set(zone, { hashes: hashes.add(change.head.hash), from: first.revision });
    return commitOf(change);
  }

  /** So many connections of the run's zone may close at once and still say something of each. */
  maxDisconnectsAtOnce(record: AgentRecord): number {
    const { fraction, count } = this.#view.fleet.controls.policy.brake;
    return Math.max(count - 1, fraction * this.countOf(zoneOf(record)).seen);
  }

  /** How many may go through now, at most. */
  #left(brake: StoredBrake): number {
    const { pace } = this.#view.fleet.controls.policy.brake;
    const now = this.#ports.clock.monotonic();
    const { zone } = brake.record;
    let known = this.#known.get(zone);
    if (known?.revision !== brake.revision) {
      known = { revision: brake.revision, since: now, through: 0 };
      this.#known.set(zone, known);
    }
    if (now - known.since < pace) return 0;
    return Math.max(1, Math.floor(this.#every / pace)) - known.through;
  }

  #verdict(zone: ZoneName, on: boolean): BrakeVerdict {
    return judgeBrake(this.countOf(zone), on, this.#view.fleet.controls.policy.brake);
  }

  #judge(zone: ZoneName): void {
    const brake = this.#view.fleet.controls.brakeOf(zone);
    if (brake?.kind === 'unreadable' || this.#setting.has(zone)) return;
    const verdict = this.#verdict(zone, brake !== undefined);
    if (verdict === 'keep') return;
    this.#setting.add(zone);
    this.#set(zone, brake)
      .catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        // While it can't be set, nobody of the zone is expired: somebody has to know.
        this.#ports.log.warn('brake-not-set', { zone, why: error.message });
      })
      .finally(() => {
        this.#setting.delete(zone);
        this.#countedAt = -1;
      });
  }

  async #set(zone: ZoneName, brake: StoredBrake | undefined): Promise<void> {
    const { registry, entropy, log } = this.#ports;
    const count = this.countOf(zone);
    const policy = this.#view.fleet.controls.policy.brake;
    const because = { evidence: { ...count, policy } };
    let change: Change;
    if (brake) change = releaseBrake(this.#author, brake, because);
    else {
      const there = readBrake(await registry.read(brakeKey(zone)));
      if (there.kind !== 'absent') return; // another seat was faster: the view will have it
      const of = { zone, run: entropy.runId() };
      change = startBrake(this.#author, there, of, count, because);
    }
    const { outcome } = await registry.commit(commitOf(change));
    if (outcome === 'committed') {
      log.info(brake ? 'brake-released' : 'brake-tripped', { zone, ...count });
    }
  }

  #readings(): readonly BrakeReading[] {
    return [...this.#counts].map(([zone, count]) => ({
      ...{ zone, ...count, heldBack: this.#heldBack.get(zone) ?? 0 },
      on: this.#view.fleet.controls.brakeOf(zone) !== undefined,
    }));
  }
}

const commitOf = ({ write, events }: Change): Commit => ({ writes: [write], events });
