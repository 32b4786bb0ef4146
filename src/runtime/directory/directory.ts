import { Fault } from '../../domain/fault.ts';
import { type AgentRow, type InstanceRow, toAgentRow } from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { judgingSeats, ttlOfSeat } from '../../domain/fleet/judging-seats.ts';
import { KeptInstances } from '../../domain/fleet/kept-instances.ts';
import { type PickPolicy, selectUsable } from '../../domain/fleet/pick.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import type { Unreadable } from '../../domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, type Revision, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { LeaseMovements } from '../support/lease-movements.ts';
import { RegistryCache, type ViewChange } from '../support/registry-cache.ts';
import { type FleetChange, FleetChangeDetector } from './fleet-change-detector.ts';
import { type LeanInstance, leanInstances } from './lean-instance.ts';
import { type DirectoryChange, RowChanges } from './row-changes.ts';

/** Time until a task that failed unforeseen is started again. */
const startAgainAfter: Millis = seconds(5);

export interface DirectoryOptions {
  /** Time between two reads of the seats, which show whether a collector is active. */
  readonly seatsEvery: Millis;
  readonly onChange?: (changes: readonly DirectoryChange[]) => void;
  /** Whether `onChange` is not called for what is there at first; then no row is made before it is asked for. */
  readonly skipsFirst?: boolean;
  /** How long `usable` keeps the last instances of a service; default 0: it keeps none. See KeptInstances. */
  readonly keepLast?: Millis;
  /** Called when `observed` has changed. */
  readonly onObserved?: (observed: boolean) => void;
  /** Called with changes of holds, brakes and the policy. */
  readonly onFleetChange?: (changes: readonly FleetChange[]) => void;
}

/**
 * The view of a consumer: instances joined with their runs, updated by a watch of the registry
 * alone. It receives changes, never heartbeats. While the store does not answer, it keeps its last
 * contents; `age` tells how old they are.
 */
export class Directory implements AsyncDisposable {
  readonly #view: RegistryCache<LeanInstance>;
  readonly #ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>;
  readonly #options: DirectoryOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  /** Finds changes of holds, brakes and policy. */
  readonly #fleetChanges = new FleetChangeDetector();
  readonly #rows: RowChanges;
  readonly #kept: KeptInstances;
  readonly #seatsRead = Promise.withResolvers<void>();
  readonly #seats: LeaseMovements;
  /** Whether the change of the view that comes next is not reported. */
  #isSkipped = false;
  /** Whether changes of rows have no listener and keep nothing. */
  readonly #isUnheard: boolean;
  #seatsReadAt: MonotonicTime | undefined;
  /** Whether it was logged that the seats cannot be read. */
  #reportedUnread = false;

  constructor(
    ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>,
    options: DirectoryOptions = { seatsEvery: seconds(15) },
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#seats = new LeaseMovements(ports.clock);
    this.#kept = new KeptInstances(options.keepLast ?? 0);
    this.#isUnheard = options.onChange === undefined && (options.keepLast ?? 0) <= 0;
    this.#view = new RegistryCache(
      ports,
      {
        before: (change) => this.#beforeChange(change),
        after: (slots, { isCurrent }) => this.#reportChanges(slots, isCurrent),
      },
      'directory',
      leanInstances(),
    );
    this.#rows = new RowChanges(this.#view.fleet);
    this.#done = Promise.all([
      this.#keepOn('registry', () => this.#view.follow(this.#stop.signal)),
      this.#keepOn('seats', () => this.#pollSeats()),
    ]);
  }

  /** Resolves when the first snapshot is complete and the seats have been read. */
  get ready(): Promise<void> {
    return Promise.all([this.#view.loaded, this.#seatsRead.promise]).then(() => {});
  }

  /** Time since the last message of the store; undefined before the first snapshot. */
  get age(): Millis | undefined {
    return this.#view.age;
  }

  /** Whether a collector is active and sees the fleet. Without one, silence is not noticed. */
  get observed(): boolean {
    return this.#rows.observed;
  }

  /** Time since the seats were last read, which `observed` depends on; undefined before the first time. */
  get observedAge(): Millis | undefined {
    const at = this.#seatsReadAt;
    return at === undefined ? undefined : this.#ports.clock.monotonic() - at;
  }

  /** The revision of the last registry change in the view. */
  get revision(): Revision {
    return this.#view.fleet.upTo;
  }

  /** The instances of one service, or all, each with its state. The rows are shared with other callers. */
  instances(service?: string): readonly InstanceRow[] {
    const { fleet } = this.#view;
    const rows: InstanceRow[] = [];
    for (const name of service === undefined ? fleet.services() : [service]) {
      for (const stored of fleet.ofService(name)) rows.push(this.#rows.rowOf(stored));
    }
    return rows;
  }

  /**
   * The instances that a consumer with this policy may use, the best of each service first. If a service
   * has no record left, those of its instances that nothing is known to have ended (G13), unless `strict`.
   */
  usable(service: string | undefined, policy: PickPolicy): readonly InstanceRow[] {
    const usable = selectUsable(this.instances(service), policy);
    if (policy === 'strict') return usable;
    const now = this.#ports.clock.monotonic();
    const kept = (service === undefined ? this.#kept.services() : [service])
      .filter((name) => !this.#view.fleet.hasService(name))
      .flatMap((name) => this.#kept.of(name, now));
    return [...usable, ...kept];
  }

  /** The services of which `usable` hands out kept instances. */
  keptServices(): readonly string[] {
    const now = this.#ports.clock.monotonic();
    return this.#kept
      .services()
      .filter((name) => !this.#view.fleet.hasService(name) && this.#kept.of(name, now).length > 0);
  }

  /** Keeps what an earlier process saw so long ago, of services that have no record now. */
  remember(rows: readonly InstanceRow[], ago: Millis): void {
    const { clock } = this.#ports;
    const gone = rows.filter(({ service }) => !this.#view.fleet.hasService(service));
    for (const row of gone) {
      const wall = row.keptSince ?? clock.wall() - ago;
      const monotonic = clock.monotonic() - (clock.wall() - wall);
      const at = { wall, monotonic, isCurrent: false, hasLeft: () => false };
      this.#kept.take([{ before: row, now: undefined }], at);
    }
  }

  agents(): readonly AgentRow[] {
    return [...this.#view.fleet.slots()].flatMap(
      (slot) => toAgentRow(slot, this.#view.fleet, this.observed) ?? [],
    );
  }

  /** The data of the view, read-only. */
  get fleet(): Fleet {
    return this.#view.fleet;
  }

  /** Records that cannot be read. */
  unreadable(): readonly Unreadable[] {
    return [...this.#view.fleet.unreadable()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  /**
   * Runs a task until the directory is closed. An unforeseen failure must not end the program of a consumer, and
   * must not leave it with a view that never changes again.
   */
  async #keepOn(task: 'registry' | 'seats', run: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#ports;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        return await run();
      } catch (error) {
        log.warn('directory-failed', { task, why: String(error) });
        await clock.sleep(startAgainAfter, signal);
      }
    }
  }

  #beforeChange(change: ViewChange<LeanInstance>): void {
    const isFirst = 'next' in change && change.isFirst;
    this.#isSkipped = this.#isUnheard || (isFirst && this.#options.skipsFirst === true);
    if ('entries' in change) this.#rows.beforeApplied(change.entries);
    else if (!this.#isSkipped) this.#rows.beforeReplaced(change.next);
  }

  #reportChanges(slots: ReadonlySet<string>, isCurrent = true): void {
    const { onChange, onFleetChange } = this.#options;
    const fleetChanges = onFleetChange ? this.#fleetChanges.changes(this.fleet.controls) : [];
    if (fleetChanges.length > 0) onFleetChange?.(fleetChanges);
    this.#rows.noteLeaving(slots);
    if (this.#isSkipped) {
      this.#rows.skip();
      return;
    }
    const changes = this.#rows.changes();
    const { clock } = this.#ports;
    const hasLeft = (row: InstanceRow) => this.#rows.hasLeft(row);
    const at = { monotonic: clock.monotonic(), wall: clock.wall(), isCurrent, hasLeft };
    this.#kept.take(changes, at);
    this.#rows.forgetEnded();
    if (changes.length > 0) onChange?.(changes);
  }

  /** Once in a while is normal; without an answer for long, `observed` is as old as it says. */
  #reportUnreadSeats(why: string): void {
    const { log } = this.#ports;
    const age = this.observedAge ?? Number.POSITIVE_INFINITY;
    if (age < 2 * this.#options.seatsEvery) log.debug('seats-not-read', { why });
    else if (!this.#reportedUnread) log.warn('seats-not-read', { why, age: Math.round(age) });
    this.#reportedUnread ||= age >= 2 * this.#options.seatsEvery;
  }

  /** Whether a collector has a seat. A seat that is not renewed counts as free. */
  async #isObserved(asked: MonotonicTime): Promise<boolean> {
    const seats = await this.#ports.leases.list(allSeats);
    this.#seats.record(seats, 'used');
    return judgingSeats(seats).some((seat) => !this.#seats.isUnmoved(seat, ttlOfSeat(seat), asked));
  }

  async #pollSeats(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const asked = this.#ports.clock.monotonic();
        const observed = await this.#isObserved(asked);
        this.#seatsReadAt = asked;
        this.#reportedUnread = false;
        if (observed !== this.observed) {
          this.#rows.setObserved(observed);
          this.#isSkipped = this.#isUnheard;
          this.#options.onObserved?.(observed);
          this.#reportChanges(new Set());
        }
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        this.#reportUnreadSeats(error.message);
      }
      this.#seatsRead.resolve();
      await this.#ports.clock.sleep(this.#options.seatsEvery, this.#stop.signal);
    }
  }
}
