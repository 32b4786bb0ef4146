import { isIP } from 'node:net';
import type { InstanceRow } from '../../../../src/domain/fleet/directory-rows.ts';
import type { Endpoint } from '../../../../src/domain/fleet/endpoint.ts';
import { type PickPolicy, selectUsable } from '../../../../src/domain/fleet/pick.ts';
import type { Metrics } from '../../../../src/ports/metrics.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import type { Door, ServiceView, ViewStatus } from '../../../../src/ports/service-view.ts';
import { SafeRows } from '../../../../src/runtime/directory/safe-rows.ts';

/** A row of a serving instance. */
export const rowOf = (name: string, more: Partial<InstanceRow> = {}): InstanceRow => {
  const [service = '', id = ''] = name.split('/');
  return {
    ...{ service, id, host: `h${id}`, agent: 'a', run: 'run00000', token: 1, term: 1 },
    ...{ state: 'live', reason: null, since: 0, address: '10.0.0.1', port: 80, labels: {} },
    ...{ health: { state: 'serving', detail: null }, revision: 1, successor: null, ...more },
  };
};

/** A view whose rows a test sets. */
export class FakeView implements ServiceView {
  status: ViewStatus = { isComplete: true, age: 5, observed: true, source: 'store' };
  readonly logged: Record<string, unknown>[] = [];
  zone: string | undefined;
  readonly #safe: SafeRows;
  readonly #services = new Map<string, readonly InstanceRow[]>();
  readonly #versions = new Map<string, number>();
  readonly #listeners = new Set<(services: ReadonlySet<string>) => void>();

  constructor(metrics: Metrics = noopMetrics) {
    const warn = (event: string, facts: object = {}) => void this.logged.push({ event, ...facts });
    this.#safe = new SafeRows(isIP, { metrics, log: { debug() {}, info() {}, warn } });
  }

  /** Replaces the rows of a service; rows with `keptSince` are those that are kept. */
  set(service: string, ...rows: readonly InstanceRow[]): void {
    this.#services.set(service, rows);
    if (rows.length === 0) this.#services.delete(service);
    this.#versions.set(service, this.version(service) + 1);
    for (const listener of [...this.#listeners]) listener(new Set([service]));
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  services(): readonly string[] {
    return [...this.#services.keys()];
  }

  hasService(service: string): boolean {
    return this.#services.has(service);
  }

  rows(service: string): readonly InstanceRow[] {
    return (this.#services.get(service) ?? []).filter((row) => row.keptSince === undefined);
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

  zoneOf(): string | undefined {
    return this.zone;
  }

  version(service: string): number {
    return this.#versions.get(service) ?? 0;
  }

  onChange(listener: (services: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #usable(service: string, policy: PickPolicy): readonly InstanceRow[] {
    return selectUsable(this.#services.get(service) ?? [], policy);
  }
}
