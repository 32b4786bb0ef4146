import { firstSequence } from '../../../domain/store-history/store-loss.ts';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import { AuditCopy } from './audit-copy.ts';
import { ServerClock } from './server-clock.ts';
import { MemoryStream } from './stream.ts';
import { Advisories, Subscriptions } from './subscriptions.ts';
import type { Transport } from './transport.ts';

/**
 * The server that all clients of one namespace share.
 *
 * Each request is one synchronous step, so two requests never interleave. Requests are served in the
 * order in which the transports carry them here.
 */
export class MemoryServer {
  readonly clock: ServerClock;
  readonly #machine: Clock;
  /** Interval of the heartbeats of an idle watch, and of the retries of a disconnected one. */
  aliveEvery: Millis = seconds(1);
  /** Time between two periodic snapshots of a watch. */
  resyncEvery: Millis = seconds(300);
  /**
   * How many of `waiting` changes a watch delivers together, at least one. JetStream delivers single
   * messages, so a commit may arrive in parts.
   */
  batchSize: (waiting: number) => number = (waiting) => waiting;
  readonly leases: MemoryStream;
  /** Records and outbox in one sequence. It starts at the current time, so that no revision repeats. */
  readonly registry: MemoryStream;
  readonly audit: AuditCopy;
  /**
   * Why this client may not make a watch of this stream: its right was taken, or the stream has all the
   * consumers that it may have. undefined: it may.
   */
  refusesWatch: (client: Transport, stream: MemoryStream) => string | undefined = () => undefined;
  readonly keyframes = new Map<Revision, string>();
  readonly charts = new Map<string, string>();
  readonly subscriptions = new Subscriptions();
  readonly advisories = new Advisories();

  constructor(clock: Clock) {
    this.#machine = clock;
    this.clock = new ServerClock(clock);
    this.leases = new MemoryStream(this.clock, 1);
    this.registry = new MemoryStream(this.clock, firstSequence(clock.wall(), 0));
    this.audit = new AuditCopy(this.registry, this.clock);
  }

  /** The registry was deleted. An agent or a collector has created it again, by the clock of its machine. */
  makeRegistryAnew(): void {
    this.registry.makeAnew(firstSequence(this.#machine.wall(), this.audit.end.origin));
  }

  /** The server came back with an empty disk: all streams were created again. */
  makeAllAnew(): void {
    this.audit.makeAnew();
    this.makeRegistryAnew();
    this.leases.makeAnew(1);
    this.keyframes.clear();
    this.charts.clear();
  }

  /**
   * Sets the server's wall clock forward, or back if `by` is negative.
   *
   * JetStream ends a message with a TTL at a wall-clock time. So after a step forward leases and tombstones
   * lapse early, and after a step back they stay longer than their TTL.
   */
  setClock(by: Millis): void {
    this.clock.setWall(by);
    for (const stream of [this.leases, this.registry]) stream.moveExpiries(-by);
  }
}
