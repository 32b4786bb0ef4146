import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Millis } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { LinkedSignal } from '../support/linked-signal.ts';
import { RegistryCache } from '../support/registry-cache.ts';
import { reportMissed } from '../support/report-missed.ts';
import type { Author } from '../transitions/record-change.ts';
import { LeaseObservations } from './observe/lease-observations.ts';
import { ObserverHealth, type ProofLease } from './observe/observer-health.ts';
import type { ServerTimeEstimate } from './observe/server-time-estimate.ts';
import { Sweeper, type SweepOptions } from './sweeper.ts';

export interface CollectorLoopListener {
  /** The loop may judge from now on: call {@link CollectorLoop.startJudging}. */
  onSighted(): void;
  /** The loop must not judge any more: call {@link CollectorLoop.stopJudging}. */
  onBlinded(why: string): void;
  /** The loop has judged nothing for a ttl: others should work in its place. Called with each sweep. */
  onBlindForTtl(why: string): void;
  onRemoving(removing: boolean): void;
  /** Called before each sweep. */
  beforeSweep(): void;
  /** Called after each sweep, also while the loop does not judge. */
  afterSweep(): void;
}

/**
 * Observes leases and disconnects, checks its own health, and sweeps; with a seat
 * (`SeatedCollector`) or without one (`ManualCollection`).
 */
export class CollectorLoop {
  readonly view: RegistryCache;
  readonly sweeper: Sweeper;
  readonly #serverTime: ServerTimeEstimate;
  readonly #observations: LeaseObservations;
  readonly #lease: LeasePolicy;
  readonly #sweepEvery: SweepOptions['sweepEvery'];
  readonly #ports: Ports;
  readonly #listener: CollectorLoopListener;
  #health: ObserverHealth | undefined;

  constructor(
    author: Author,
    options: SweepOptions,
    ports: Ports,
    listener: CollectorLoopListener,
  ) {
    this.#lease = options.lease;
    this.#sweepEvery = options.sweepEvery;
    this.#ports = ports;
    this.#listener = listener;
    this.#observations = new LeaseObservations(ports.clock);
    this.view = new RegistryCache(ports, {
      after: (slots, { entries }) => this.sweeper.slotsChanged(slots, entries),
    });
    this.#serverTime = options.serverTime;
    const sources = {
      view: this.view,
      observations: this.#observations,
      checkSight: () => this.#checkSight(),
    };
    this.sweeper = new Sweeper(author, sources, options, ports, (removing) =>
      listener.onRemoving(removing),
    );
  }

  /**
   * Runs until the signal. `proof`: the acquired lease whose renewals prove that events arrive.
   * `leases`: the filters of the leases to watch, `proof` included.
   */
  async run(proof: ProofLease, leases: readonly string[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const health = new ObserverHealth(proof, this.#lease, this.#observations, this.view, clock);
    this.#health = health;
    using both = new LinkedSignal([signal]);
    // At once: a task that waits for an answer would write a verdict without the seat. It also looks at the
    // watches, which end now, so no test sees a difference without this line.
    both.signal.addEventListener('abort', () => health.suspendJudging(), { once: true });
    const parts = [
      this.#observe(health, leases, both.signal),
      this.#sweepLoop(health, both.signal),
      this.#followDisconnects(health, both.signal),
    ];
    try {
      await Promise.race([Promise.all(parts), this.sweeper.failure]);
    } finally {
      both.abort();
      await Promise.allSettled(parts);
    }
  }

  get isJudging(): boolean {
    return this.#health?.judging !== undefined;
  }

  /** How long it has judged nothing; 0 while it judges. */
  get blindFor(): Millis {
    return this.#health?.blindFor ?? 0;
  }

  /** Why it judges nothing, or last judged nothing. */
  get blindBecause(): string {
    return this.#health?.blindBecause ?? '';
  }

  /** All silences, graces and ages of leftovers count from now. */
  startJudging(): void {
    this.#health?.resumeJudging();
    this.sweeper.restartClocks();
  }

  /** Stops judging until a renewal of the proof lease is seen that happens after this call. */
  stopJudging(): void {
    this.#health?.suspendJudging();
  }

  async #observe(
    health: ObserverHealth,
    filters: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { leases, metrics } = this.#ports;
    for await (const event of leases.watch(filters, signal)) {
      if (event.kind === 'snapshot' && event.why !== undefined) {
        const missed = this.#observations.missedIn(event);
        reportMissed(missed, { watch: 'leases', why: event.why }, this.#ports);
      }
      if (event.kind !== 'stale') metrics.viewHeard('leases');
      this.#observations.apply(event);
      if (event.kind === 'changes') metrics.heartbeats(event.entries.length);
      if (!health.confirmRenewal()) continue;
      // A snapshot may contain a renewal that is older than its arrival.
      if (event.kind === 'changes' && event.storedAt) this.#serverTime.observe(event.storedAt);
      if (health.judging || !health.seesRegistry) continue;
      this.#listener.onSighted();
    }
    metrics.viewClosed('leases');
  }

  /** Judges the run of a connection that closes. A server that reports none costs nothing. */
  #followDisconnects(health: ObserverHealth, signal: AbortSignal): Promise<void> {
    return this.#ports.disconnects.watch(
      (disconnect) => this.sweeper.onDisconnect(disconnect, health.judging),
      signal,
    );
  }

  /** Stops judging if this process did not run since the last check, or one of its watches is dead. */
  #checkSight(): void {
    const trouble = this.#health?.check(this.#sweepEvery);
    if (trouble !== undefined && this.isJudging) this.#listener.onBlinded(trouble);
  }

  async #sweepLoop(health: ObserverHealth, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      await clock.sleep(this.#sweepEvery, signal);
      if (signal.aborted) return;
      this.#listener.beforeSweep();
      this.#checkSight();
      if (health.mustGiveUpSeat) this.#listener.onBlindForTtl(health.blindBecause);
      const { judging } = health;
      if (judging) this.sweeper.sweep(judging);
      this.#listener.afterSweep();
    }
  }
}
