import type { Hash } from '../domain/events/hash-chain.ts';
import type { Audit } from './audit.ts';
import type { Charts } from './charts.ts';
import type { Clock } from './clock.ts';
import type { Departures } from './disconnects.ts';
import type { Entropy } from './entropy.ts';
import type { Keyframes } from './keyframes.ts';
import type { Leases } from './leases.ts';
import type { Log } from './log.ts';
import type { Meters } from './metrics.ts';
import type { Processes } from './processes.ts';
import type { Registry } from './registry.ts';
import type { Probe } from './run-messaging.ts';

/** The store's side: one connection, one namespace. */
export interface Store {
  readonly leases: Leases;
  readonly registry: Registry;
  readonly audit: Audit;
  readonly keyframes: Keyframes;
  readonly charts: Charts;
  readonly probe: Probe;
  readonly departures: Departures;
}

/** All that the core needs from the world. A function takes the ones it uses. */
export interface Ports extends Store {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly meters: Meters;
  readonly processes: Processes;
  /** A faster SHA-256 than the pure one, for who reads millions of events. */
  readonly hash?: Hash;
}
