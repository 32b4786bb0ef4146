import { Fault } from '../../domain/fault.ts';
import {
  type AgentRow,
  type InstanceRow,
  toAgentRow,
  toInstanceRow,
} from '../../domain/fleet/directory-rows.ts';
import type { AgentView, Fleet } from '../../domain/fleet/fleet.ts';
import { allSeats } from '../../domain/identity/registry-keys.ts';
import type { Unreadable } from '../../domain/records/stored-record.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { RegistryCache } from '../support/registry-cache.ts';
import { type FleetChange, FleetChangeDetector } from './fleet-change-detector.ts';

/** What changed for a consumer: `now` is undefined where the instance is gone. */
export interface DirectoryChange {
  readonly before: InstanceRow | undefined;
  readonly now: InstanceRow | undefined;
}

export interface DirectoryOptions {
  /** Between two looks at the seats: whether anybody watches. */
  readonly seatsEvery: Millis;
  readonly onChange?: (changes: readonly DirectoryChange[]) => void;
  /** Holds, brakes and the policy, as they change. */
  readonly onFleetChange?: (changes: readonly FleetChange[]) => void;
}

/**
 * A consumer's view: instances joined with their runs, kept by a watch of the registry alone. It gets
 * changes, never heartbeats; when the store does not answer it stays as it was, with its age.
 */
export class Directory implements AsyncDisposable {
  readonly #view: RegistryCache;
  readonly #ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>;
  readonly #options: DirectoryOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;
  /** What was last told of the fleet as a whole. */
  readonly #toldOfFleet = new FleetChangeDetector();
  /** What a consumer was last told of each instance, by slot; kept only where somebody listens. */
  readonly #told = new Map<string, ReadonlyMap<string, InstanceRow>>();
  readonly #looked = Promise.withResolvers<void>();
  #observed = true;

  constructor(
    ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>,
    options: DirectoryOptions = { seatsEvery: seconds(15) },
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#view = new RegistryCache(ports, (slots) => this.#touched(slots), 'directory');
    this.#done = Promise.all([this.#view.follow(this.#stop.signal), this.#seats()]);
  }

  /** Resolves when the view is complete for the first time, and the seats have been looked at. */
  get ready(): Promise<void> {
    return Promise.all([this.#view.loaded, this.#looked.promise]).then(() => {});
  }

  /** Since the store was last heard; undefined while the view has never been complete. */
  get age(): Millis | undefined {
    return this.#view.age;
  }

  /** Whether a collector watches. Where none does, nobody would notice a silence. */
  get observed(): boolean {
    return this.#observed;
  }

  /** The last change of the registry that is in the view. */
  get revision(): Revision {
    return this.#view.fleet.upTo;
  }

  /** The instances of one service, or all, each with what a consumer may think of it. */
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

  /** All that the view is made of, to be looked at only. */
  get fleet(): Fleet {
    return this.#view.fleet;
  }

  /** What stands in the registry and cannot be read. */
  unreadable(): readonly Unreadable[] {
    return [...this.#view.fleet.unreadable()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  #touched(slots: ReadonlySet<string>): void {
    const { onChange, onFleetChange } = this.#options;
    const ofFleet = onFleetChange ? this.#toldOfFleet.changes(this.fleet.controls) : [];
    if (ofFleet.length > 0) onFleetChange?.(ofFleet);
    if (!onChange) return;
    const changes: DirectoryChange[] = [];
    for (const slot of this.#withRivals(slots)) changes.push(...this.#tell(slot));
    if (changes.length > 0) onChange(changes);
  }

  /** A slot's change may decide a contest that an instance under another slot is in. */
  #withRivals(slots: ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set(slots);
    for (const tokens of slots) {
      const names = [
        ...(this.#told.get(tokens)?.values() ?? []),
        ...recordsOf(this.#view.fleet.slot(tokens)),
      ];
      for (const { service, id } of names) {
        for (const key of this.#view.fleet.named(service, id).keys()) {
          all.add(key.split('.').slice(1, 3).join('.'));
        }
      }
    }
    return all;
  }

  #tell(tokens: string): DirectoryChange[] {
    const before = this.#told.get(tokens) ?? new Map<string, InstanceRow>();
    const now = new Map<string, InstanceRow>();
    const slot = this.#view.fleet.slot(tokens);
    for (const stored of slot?.instances.values() ?? []) {
      if (stored.kind !== 'stored' || !slot) continue;
      now.set(stored.key, toInstanceRow(stored, slot, this.#view.fleet, this.#observed));
    }
    if (now.size > 0) this.#told.set(tokens, now);
    else this.#told.delete(tokens);
    const keys = new Set([...before.keys(), ...now.keys()]);
    return [...keys]
      .map((key) => ({ before: before.get(key), now: now.get(key) }))
      .filter(({ before, now }) => differ(before, now));
  }

  async #seats(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const observed = (await this.#ports.leases.list(allSeats)).length > 0;
        if (observed !== this.#observed) {
          this.#observed = observed;
          this.#touched(new Set([...this.#view.fleet.slots()].map(({ slot }) => slot)));
        }
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        this.#ports.log.debug('seats-not-read', { why: error.message });
      }
      this.#looked.resolve();
      await this.#ports.clock.sleep(this.#options.seatsEvery, this.#stop.signal);
    }
  }
}

const recordsOf = (slot: AgentView | undefined) =>
  [...(slot?.instances.values() ?? [])].flatMap((read) =>
    read.kind === 'stored' ? [read.record] : [],
  );

/** Whether a consumer would act otherwise. */
function differ(a: InstanceRow | undefined, b: InstanceRow | undefined): boolean {
  if (!a || !b) return a !== b;
  return (
    a.state !== b.state ||
    a.reason !== b.reason ||
    a.run !== b.run ||
    a.token !== b.token ||
    a.address !== b.address ||
    a.port !== b.port ||
    JSON.stringify(a.labels) !== JSON.stringify(b.labels) ||
    JSON.stringify(a.health) !== JSON.stringify(b.health)
  );
}
