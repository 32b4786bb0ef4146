import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import {
  type Endpoint,
  endpointOf,
  type IsIp,
  type UnsafeEndpoint,
  unsafeAddress,
} from '../../domain/fleet/endpoint.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Door } from '../../ports/service-view.ts';

/** From so many remembered records on, they are forgotten; a record may then be reported again. */
const mostReported = 10_000;

/** Leaves out the rows that are not safe in other programs, and reports each once per door. */
export class SafeRows {
  readonly #isIp: IsIp;
  readonly #ports: Pick<Ports, 'log' | 'metrics'>;
  readonly #reported = new Set<string>();

  constructor(isIp: IsIp, ports: Pick<Ports, 'log' | 'metrics'>) {
    this.#isIp = isIp;
    this.#ports = ports;
  }

  /** The rows without an address, or with one that is safe. */
  rows(door: Door, rows: readonly InstanceRow[]): readonly InstanceRow[] {
    return rows.filter((row) => {
      const unsafe = row.address === null ? undefined : unsafeAddress(row.address, this.#isIp);
      if (unsafe) this.#report(door, row, unsafe);
      return !unsafe;
    });
  }

  /** The endpoints of the rows that have one. */
  endpoints(door: Door, rows: readonly InstanceRow[]): readonly Endpoint[] {
    return rows.flatMap((row) => {
      const endpoint = endpointOf(row, this.#isIp);
      if (typeof endpoint === 'object') return [endpoint];
      this.#report(door, row, endpoint);
      return [];
    });
  }

  #report(door: Door, row: InstanceRow, why: UnsafeEndpoint): void {
    const { host, agent, service, id, revision } = row;
    const key = JSON.stringify([door, host, agent, service, id, revision]);
    if (this.#reported.has(key)) return;
    if (this.#reported.size >= mostReported) this.#reported.clear();
    this.#reported.add(key);
    this.#ports.metrics.rowLeftOut?.(door, why);
    this.#ports.log.warn('row-left-out', { door, host, agent, service, id, why });
  }
}
