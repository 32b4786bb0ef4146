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
import type { ServerTime } from './server-time.ts';
import type { Signatures } from './signatures.ts';

/** The ports to the store, over one connection and in one namespace. */
export interface Store {
  readonly leases: Leases;
  readonly registry: Registry;
  readonly audit: Audit;
  readonly keyframes: Keyframes;
  readonly charts: Charts;
  readonly messaging: RunMessaging;
  readonly disconnects: DisconnectEvents;
  readonly serverTime: ServerTime;
}

/** Everything that the core needs from outside. A function takes only the ports it uses. */
export interface Ports extends Store {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly processes: ProcessTable;
  readonly signatures: Signatures;
  /** A native SHA-256, for processes that read millions of events. */
  readonly hash?: Hash;
}
