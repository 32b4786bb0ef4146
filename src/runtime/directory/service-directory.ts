import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { Endpoint, IsIp } from '../../domain/fleet/endpoint.ts';
import { zoneOfRow } from '../../domain/fleet/fleet-rows.ts';
import { type PickPolicy, selectUsable } from '../../domain/fleet/pick.ts';
import { emptySavedView, rowsForConsumers, type SavedView } from '../../domain/fleet/saved-view.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Door, ServiceView, ViewStatus } from '../../ports/service-view.ts';
import { Directory } from './directory.ts';
import type { DirectoryChange } from './row-changes.ts';
import { SafeRows } from './safe-rows.ts';

/** How often it looks whether the time of kept instances is over. */
const lookEvery: Millis = seconds(1);
/** Time between two reads of the seats, as for `rollcall watch`. */
const seatsEvery: Millis = seconds(5);

export interface ServiceDirectoryOptions {
  /** See KeptInstances; 0: nothing is kept. */
  readonly keepLast: Millis;
  readonly isIp: IsIp;
  /** What an earlier process saw last, for the time until the store answers. */
  readonly saved?: SavedView | undefined;
}

/**
 * The services of a fleet, for doors and drivers. It exists before the store answers; `follow` connects it.
 *
 * Until the view is complete, `status.isComplete` is false and there are no services. If the store is away
 * for long, `useSaved` hands out what an earlier process saw.
 */
export class ServiceDirectory implements ServiceView, AsyncDisposable {
  readonly #options: ServiceDirectoryOptions;
  readonly #ports: Pick<Ports, 'clock' | 'log' | 'metrics'>;
  readonly #safe: SafeRows;
  readonly #listeners = new Set<(services: ReadonlySet<string>) => void>();
  readonly #versions = new Map<string, number>();
  readonly #stop = new AbortController();
  #changes = 0;
  #kept: ReadonlySet<string> = new Set();
  #saved: SavedView | undefined;
  #directory: Directory | undefined;
  #isLive = false;

  constructor(ports: Pick<Ports, 'clock' | 'log' | 'metrics'>, options: ServiceDirectoryOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#safe = new SafeRows(options.isIp, ports);
  }

  /** Reads the store from now on. Resolves when the view is complete. */
  async follow(ports: Pick<Ports, 'registry' | 'leases' | 'clock' | 'log' | 'metrics'>) {
    const { keepLast, saved = emptySavedView } = this.#options;
    const onChange = (changes: readonly DirectoryChange[]) => this.#onChange(changes);
    const directory = new Directory(ports, { seatsEvery, keepLast, onChange });
    this.#directory = directory;
    await directory.ready;
    if (this.#stop.signal.aborted) return;
    directory.remember(saved.rows, this.#ports.clock.wall() - saved.at);
    this.#isLive = true;
    this.#changed(new Set(this.services()));
    void this.#followKept(directory);
  }

  /** Hands out what an earlier process saw, until the view is complete. */
  useSaved(): void {
    const { saved } = this.#options;
    if (this.#isLive || !saved || this.#saved) return;
    const rows = rowsForConsumers(saved);
    this.#saved = { ...saved, rows };
    this.#ports.log.warn('snapshot-in-use', { age: this.status.age, rows: rows.length });
    this.#changed(new Set(this.services()));
  }

  get status(): ViewStatus {
    const { clock } = this.#ports;
    const live = this.#live;
    if (live) {
      const { age = 0, observed } = live;
      return { isComplete: true, age, observed, source: 'store' };
    }
    const saved = this.#saved;
    const age = saved ? Math.max(0, clock.wall() - saved.at) : 0;
    return { isComplete: saved !== undefined, age, observed: false, source: 'snapshot' };
  }

  /** The rows and when they were seen, to be saved; undefined before the view is complete. */
  snapshot(): SavedView | undefined {
    const live = this.#live;
    if (!live) return undefined;
    const kept = live.usable(undefined, 'any').filter((row) => row.keptSince !== undefined);
    const at = this.#ports.clock.wall() - (live.age ?? 0);
    return { at, rows: [...live.instances(), ...kept] };
  }

  services(): readonly string[] {
    const live = this.#live;
    if (live) return [...live.fleet.services(), ...live.keptServices()];
    return [...new Set(this.#saved?.rows.map(({ service }) => service))];
  }

  hasService(service: string): boolean {
    const live = this.#live;
    if (live) return live.fleet.hasService(service) || live.keptServices().includes(service);
    return this.#saved?.rows.some((row) => row.service === service) ?? false;
  }

  rows(service: string): readonly InstanceRow[] {
    const live = this.#live;
    if (live) return live.instances(service);
    return this.#saved?.rows.filter((row) => row.service === service) ?? [];
  }

  usable(door: Door, service: string, policy: PickPolicy): readonly InstanceRow[] {
    return this.#safe.rows(door, this.#usable(service, policy));
  }

  endpoints(door: Door, service: string, policy: PickPolicy): readonly Endpoint[] {
    return this.#safe.endpoints(door, this.#usable(service, policy));
  }

  allEndpoints(door: Door, service: string): readonly Endpoint[] {
    return this.#safe.endpoints(door, this.rows(service));
  }

  zoneOf(row: InstanceRow): string | undefined {
    return this.#live && zoneOfRow(row, this.#live.fleet);
  }

  version(service: string): Revision {
    return this.#versions.get(service) ?? 0;
  }

  onChange(listener: (services: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#directory?.[Symbol.asyncDispose]();
  }

  /** The directory, once it is complete. */
  get #live(): Directory | undefined {
    return this.#isLive ? this.#directory : undefined;
  }

  #usable(service: string, policy: PickPolicy): readonly InstanceRow[] {
    return this.#live?.usable(service, policy) ?? selectUsable(this.rows(service), policy);
  }

  #onChange(changes: readonly DirectoryChange[]): void {
    if (!this.#isLive) return;
    this.#changed(new Set(changes.flatMap(({ before, now }) => (now ?? before)?.service ?? [])));
  }

  #changed(services: ReadonlySet<string>): void {
    this.#changes += 1;
    for (const service of services) this.#versions.set(service, this.#changes);
    for (const listener of [...this.#listeners]) listener(services);
  }

  /** Kept instances end by time, which no change of a row announces. */
  async #followKept(directory: Directory): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const now = new Set(directory.keptServices());
      const changed = new Set(
        [...now, ...this.#kept].filter((one) => now.has(one) !== this.#kept.has(one)),
      );
      this.#kept = now;
      for (const service of changed) {
        const isKept = now.has(service);
        this.#ports.metrics.serviceKept?.(service, isKept);
        this.#ports.log.warn(isKept ? 'service-kept' : 'service-no-longer-kept', { service });
      }
      if (changed.size > 0) this.#changed(changed);
      await this.#ports.clock.sleep(lookEvery, signal);
    }
  }
}
