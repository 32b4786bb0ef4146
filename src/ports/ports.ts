import type { Hash } from '../domain/events/hash-chain.ts';
import type { Audit } from './audit.ts';
import type { Charts } from './charts.ts';
import type { Clock } from './clock.ts';
import type { DisconnectEvents } from './disconnects.ts';
import type { Entropy } from './entropy.ts';
import type { Keyframes } from './keyframes.ts';
import type { Leases } from './leases.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { ProcessTable } from './processes.ts';
import type { Registry } from './registry.ts';
import type { RunMessaging } from './run-messaging.ts';

/** The store's side: one connection, one namespace. */
export interface Store {
  readonly leases: Leases;
  readonly registry: Registry;
  readonly audit: Audit;
  readonly keyframes: Keyframes;
  readonly charts: Charts;
  readonly messaging: RunMessaging;
  readonly disconnects: DisconnectEvents;
}

/** All that the core needs from the world. A function takes the ones it uses. */
export interface Ports extends Store {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly processes: ProcessTable;
  /** A faster SHA-256 than the pure one, for who reads millions of events. */
  readonly hash?: Hash;
}
