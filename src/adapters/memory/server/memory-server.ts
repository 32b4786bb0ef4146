import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';

import { AuditCopy } from './audit-copy.ts';
import { MemoryStream } from './stream.ts';
import { Advisories, Subscriptions } from './subscriptions.ts';

/**
 * The server that all clients of one namespace share.
 *
 * Each request is one synchronous step, so two requests never interleave. Requests are served in the
 * order in which the transports carry them here.
 */
export class MemoryServer {
  readonly clock: Clock;
  /** Interval of the heartbeats of an idle watch, and of the retries of a disconnected one. */
  aliveEvery: Millis = seconds(1);
  /**
   * How many of `waiting` changes a watch delivers together, at least one. JetStream delivers single
   * messages, so a commit may arrive in parts.
   */
  batchSize: (waiting: number) => number = (waiting) => waiting;
  readonly leases: MemoryStream;
  /** Records and outbox in one sequence. It starts at the current time, so that no revision repeats. */
  readonly registry: MemoryStream;
  readonly audit: AuditCopy;
  readonly keyframes = new Map<Revision, string>();
  readonly charts = new Map<string, string>();
  readonly subscriptions = new Subscriptions();
  readonly advisories = new Advisories();

  constructor(clock: Clock) {
    this.clock = clock;
    this.leases = new MemoryStream(clock, 1);
    this.registry = new MemoryStream(clock, clock.wall() * 1000);
    this.audit = new AuditCopy(this.registry, clock);
  }
}
