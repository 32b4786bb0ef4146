import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { Advisories } from './advisories.ts';
import { AuditCopy } from './audit-copy.ts';
import { MemoryStream } from './stream.ts';
import { Subscriptions } from './subscriptions.ts';

/**
 * The server: what all clients of one namespace share.
 *
 * Whatever a client asks of it is one synchronous step, so two requests never interleave; the order
 * of requests is the order in which links carry them here.
 */
export class MemoryServer {
  readonly clock: Clock;
  /** How often a watch that has nothing to say says so, and how often one that is cut off looks. */
  aliveEvery: Millis = seconds(1);
  /**
   * How many of so many changes a watch hands over at once; at least one. JetStream delivers message by
   * message, so that a commit may come in parts.
   */
  handsOver: (waiting: number) => number = (waiting) => waiting;
  readonly leases: MemoryStream;
  /** Records and outbox, under one sequence that starts at the time, so that none ever repeats. */
  readonly registry: MemoryStream;
  readonly audit: AuditCopy;
  readonly keyframes = new Map<Revision, string>();
  readonly charts = new Map<string, string>();
  readonly answerers = new Subscriptions();
  readonly advisories = new Advisories();

  constructor(clock: Clock) {
    this.clock = clock;
    this.leases = new MemoryStream(clock, 1);
    this.registry = new MemoryStream(clock, clock.wall() * 1000);
    this.audit = new AuditCopy(this.registry, clock);
  }
}
