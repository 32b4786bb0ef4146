import { Fault } from '../../domain/fault.ts';
import {
  type AgentRow,
  type InstanceRow,
  toAgentRow,
  toInstanceRow,
} from '../../domain/fleet/directory-rows.ts';
import type { AgentView, Fleet } from '../../domain/fleet/fleet.ts';
import { judgingSeats } from '../../domain/fleet/judging-seats.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import { defaultLease } from '../../domain/policy/lease-policy.ts';
import { readSeat, type Unreadable } from '../../domain/records/stored-record.ts';
import { type Millis, type MonotonicTime, type Revision, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { LeaseMovements } from '../support/lease-movements.ts';
import { RegistryCache } from '../support/registry-cache.ts';
import { type FleetChange, FleetChangeDetector } from './fleet-change-detector.ts';

/** A change of an instance, as a consumer sees it. */
export interface DirectoryChange {
  /** The row before the change; undefined: the instance is new. */
  readonly before: InstanceRow | undefined;
  /** The row after the change; undefined: the instance was removed. */
  readonly now: InstanceRow | undefined;
}

export interface DirectoryOptions {
  /** Time between two reads of the seats, which show whether a collector is active. */
  readonly seatsEvery: Millis;
  readonly onChange?: (changes: readonly DirectoryChange[]) => void;
  /** Called with changes of holds, brakes and the policy. */
  readonly onFleetChange?: (changes: readonly FleetChange[]) => void;
}

/**
 * The view of a consumer: instances joined with their runs, updated by a watch of the registry
 * alone. It receives changes, never heartbeats. While the store does not answer, it keeps its last
 * contents; `age` tells how old they are.
 */
export class Directory implements AsyncDisposable {
  readonly #view: RegistryCache;
  readonly #ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>;
  readonly #options: DirectoryOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  /** Finds changes of holds, brakes and policy. */
  readonly #fleetChanges = new FleetChangeDetector();
  /** The last reported row of each instance, by slot; only with an `onChange` listener. */
  readonly #reported = new Map<string, ReadonlyMap<string, InstanceRow>>();
  readonly #seatsRead = Promise.withResolvers<void>();
  readonly #seats: LeaseMovements;
  #observed = true;
  #seatsReadAt: MonotonicTime | undefined;
  /** Whether it was logged that the seats cannot be read. */
  #saidUnread = false;

  constructor(
    ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>,
    options: DirectoryOptions = { seatsEvery: seconds(15) },
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#seats = new LeaseMovements(ports.clock);
    this.#view = new RegistryCache(ports, (slots) => this.#reportChanges(slots), 'directory');
    this.#done = Promise.all([this.#view.follow(this.#stop.signal), this.#pollSeats()]);
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
    return this.#observed;
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

  /** The instances of one service, or all, each with its state. */
  instances(service?: string): readonly InstanceRow[] {
    const rows: InstanceRow[] = [];
    for (const slot of this.#view.fleet.slots()) {
      for (const stored of slot.instances.values()) {
        if (stored.kind !== 'stored') continue;
        if (service !== undefined && stored.record.service !== service) continue;
        rows.push(toInstanceRow(stored, slot, this.#view.fleet, this.#observed));
      }
    }
    return rows;
  }

  agents(): readonly AgentRow[] {
    return [...this.#view.fleet.slots()].flatMap(
      (slot) => toAgentRow(slot, this.#view.fleet, this.#observed) ?? [],
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

  #reportChanges(slots: ReadonlySet<string>): void {
    const { onChange, onFleetChange } = this.#options;
    const fleetChanges = onFleetChange ? this.#fleetChanges.changes(this.fleet.controls) : [];
    if (fleetChanges.length > 0) onFleetChange?.(fleetChanges);
    if (!onChange) return;
    const changes: DirectoryChange[] = [];
    for (const slot of this.#withNamesakes(slots)) changes.push(...this.#changesOf(slot));
    if (changes.length > 0) onChange(changes);
  }

  /** A change of a slot may decide which of two instances with the same name counts. */
  #withNamesakes(slots: ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set(slots);
    for (const slotKey of slots) {
      const names = [
        ...(this.#reported.get(slotKey)?.values() ?? []),
        ...recordsOf(this.#view.fleet.slot(slotKey)),
      ];
      for (const { service, id } of names) {
        for (const key of this.#view.fleet.named(service, id).keys()) {
          all.add(key.split('.').slice(1, 3).join('.'));
        }
      }
    }
    return all;
  }

  #changesOf(slotKey: string): DirectoryChange[] {
    const before = this.#reported.get(slotKey) ?? new Map<string, InstanceRow>();
    const now = new Map<string, InstanceRow>();
    const slot = this.#view.fleet.slot(slotKey);
    for (const stored of slot?.instances.values() ?? []) {
      if (stored.kind !== 'stored' || !slot) continue;
      now.set(stored.key, toInstanceRow(stored, slot, this.#view.fleet, this.#observed));
    }
    if (now.size > 0) this.#reported.set(slotKey, now);
    else this.#reported.delete(slotKey);
    const keys = new Set([...before.keys(), ...now.keys()]);
    return [...keys]
      .map((key) => ({ before: before.get(key), now: now.get(key) }))
      .filter(({ before, now }) => differ(before, now));
  }

  /** Once in a while is normal; without an answer for long, `observed` is as old as it says. */
  #reportUnreadSeats(why: string): void {
    const { log } = this.#ports;
    const age = this.observedAge ?? Number.POSITIVE_INFINITY;
    if (age < 2 * this.#options.seatsEvery) log.debug('seats-not-read', { why });
    else if (!this.#saidUnread) log.warn('seats-not-read', { why, age: Math.round(age) });
    this.#saidUnread ||= age >= 2 * this.#options.seatsEvery;
  }

  /** Whether a collector has a seat. A seat that is not renewed is held by nobody. */
  async #isObserved(): Promise<boolean> {
    const seats = await this.#ports.leases.list(allSeats);
    this.#seats.record(seats);
    return judgingSeats(seats).some((seat) => {
      const ttl = readSeat(seat.text)?.ttl ?? defaultLease.ttl;
      return !this.#seats.isUnmoved(seat, ttl);
    });
  }

  async #pollSeats(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const observed = await this.#isObserved();
        this.#seatsReadAt = this.#ports.clock.monotonic();
        this.#saidUnread = false;
        if (observed !== this.#observed) {
          this.#observed = observed;
          this.#reportChanges(new Set([...this.#view.fleet.slots()].map(({ slot }) => slot)));
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

const recordsOf = (slot: AgentView | undefined) =>
  [...(slot?.instances.values() ?? [])].flatMap((read) =>
    read.kind === 'stored' ? [read.record] : [],
  );

/** Whether the difference matters to a consumer. */
function differ(a: InstanceRow | undefined, b: InstanceRow | undefined): boolean {
  if (!a || !b) return a !== b;
  return (
    a.state !== b.state ||
    a.reason !== b.reason ||
    a.successor !== b.successor ||
    a.run !== b.run ||
    a.token !== b.token ||
    a.address !== b.address ||
    a.port !== b.port ||
    JSON.stringify(a.labels) !== JSON.stringify(b.labels) ||
    JSON.stringify(a.health) !== JSON.stringify(b.health)
  );
}
