import type { InstanceRow } from '../domain/fleet/directory-rows.ts';
import type { Endpoint } from '../domain/fleet/endpoint.ts';
import type { PickPolicy } from '../domain/fleet/pick.ts';
import type { Millis } from '../domain/time.ts';

/** What hands instances to other programs: a door answers questions, a driver writes a configuration. */
export type Door = 'dns' | 'http' | 'prometheus' | 'haproxy' | 'file';

export interface ViewStatus {
  /** Whether the view was ever complete. Before that, nothing is known, and nothing must be handed out. */
  readonly isComplete: boolean;
  /** Time since the last message of the store; of a snapshot file: its age. 0 before it is complete. */
  readonly age: Millis;
  /** Whether a collector is active. */
  readonly observed: boolean;
  /** `snapshot`: the store has not answered since this process began. */
  readonly source: 'store' | 'snapshot';
}

/** The services of a fleet, for doors and drivers. It hands out only what is safe in other programs. */
export interface ServiceView {
  readonly status: ViewStatus;
  /** Names of the services that have a record, and of those whose last instances are kept. */
  services(): readonly string[];
  /** Whether the service has a record, or instances that are kept. */
  hasService(service: string): boolean;
  /** All rows of a service, without kept ones. */
  rows(service: string): readonly InstanceRow[];
  /** What a consumer may use, the best first, kept ones included; without rows whose address is unsafe. */
  usable(door: Door, service: string, policy: PickPolicy): readonly InstanceRow[];
  /** The same, only those with an address and a port. */
  endpoints(door: Door, service: string, policy: PickPolicy): readonly Endpoint[];
  /** All rows of a service that have an address and a port, in any state. */
  allEndpoints(door: Door, service: string): readonly Endpoint[];
  /** The zone of the agent that registered the instance; undefined: none, or not known. */
  zoneOf(row: InstanceRow): string | undefined;
  /** Grows when a row of the service changes. 0: it never had one. */
  version(service: string): number;
  /** Calls the listener after each change with the services that changed. Returns how to stop that. */
  onChange(listener: (services: ReadonlySet<string>) => void): () => void;
}
