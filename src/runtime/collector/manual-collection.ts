import { AuditEvent } from '../../domain/events/event-schema.ts';
import { Fault } from '../../domain/fault.ts';
import { allRunLeases, leaseKey } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { recordVersion } from '../../domain/records/schemas.ts';
import type { Millis, MonotonicTime, Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Registry } from '../../ports/registry.ts';
import { LeaseKeeper } from '../support/lease-keeper.ts';
import { LinkedSignal } from '../support/linked-signal.ts';
import type { RegistryCache } from '../support/registry-cache.ts';
import type { Author } from '../transitions/record-change.ts';
import { CollectorLoop } from './collector-loop.ts';
import { ServerTimeEstimate } from './observe/server-time-estimate.ts';
import { sweepEvery } from './sweeper.ts';

export interface ManualCollectionListener {
  /** The events of one commit of this collection. */
  onCommitted(events: readonly AuditEvent[]): void;
  /** Judging started: every silence, grace and leftover counts from zero. */
  onSighted(): void;
  /** Judging stopped until renewals are seen again. */
  onBlinded(why: string): void;
}

/**
 * The work of a collector without a seat, for a limited time (`gc run`).
 *
 * It sweeps like a collector, by its own clocks alone: it removes nothing on facts that it has not
 * observed itself. The renewals of a lease of its own prove that it receives events. It does not wait
 * for its turn, so a collector that does the same work at the same time costs one of the two a refused
 * batch.
 */
export class ManualCollection implements AsyncDisposable {
  readonly #loop: CollectorLoop;
  readonly #keeper: LeaseKeeper;
  readonly #leaseKey: string;
  readonly #serverTime: ServerTimeEstimate;
  readonly #ports: Ports;
  readonly #listener: ManualCollectionListener;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  /** Called after each sweep of {@link watch}. */
  #afterSweep = (): void => {};
  #lostLease: string | undefined;
  #lastWrite: Revision = 0;

  constructor(
    author: Author,
    lease: LeasePolicy,
    ports: Ports,
    listener: ManualCollectionListener,
  ) {
    this.#ports = { ...ports, registry: this.#reporting(ports.registry) };
    this.#listener = listener;
    this.#serverTime = new ServerTimeEstimate(ports);
    const { actor } = author;
    // It watches no seats, so no seat comes before it.
    const options = { seat: 1, lease, sweepEvery, serverTime: this.#serverTime };
    this.#loop = new CollectorLoop(author, options, this.#ports, {
      onSighted: () => {
        this.#loop.startJudging();
        listener.onSighted();
      },
      onBlinded: (why) => {
        this.#loop.stopJudging();
        listener.onBlinded(why);
      },
      onBlindForTtl: (why) => {
        throw new Fault(
          'store-unavailable',
          `the collection cannot watch the registry and the leases: ${why}`,
          {
            hint: '`rollcall doctor` checks whether this user can watch both streams',
          },
        );
      },
      onRemoving() {},
      beforeSweep: () => {
        if (this.#lostLease !== undefined) throw leaseLost(this.#lostLease);
      },
      afterSweep: () => this.#afterSweep(),
    });
    this.#leaseKey = leaseKey(actor);
    const text = () => JSON.stringify({ v: recordVersion, run: actor.run });
    const onLapsed = (why: string) => {
      this.#lostLease = why;
    };
    this.#keeper = new LeaseKeeper({ key: this.#leaseKey, text }, lease, ports, onLapsed);
    this.#following = this.view.follow(this.#stop.signal);
  }

  get view(): RegistryCache {
    return this.#loop.view;
  }

  /**
   * Does what is decided already: removes what expired runs left, ends holds whose time is over,
   * starts and releases brakes.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    await this.view.loaded;
    let before = Number.POSITIVE_INFINITY;
    for (let left = this.#expiredRuns(); left > 0 && left < before; left = this.#expiredRuns()) {
      before = left;
      await this.#sweepOnce(signal);
      if (signal.aborted) return;
    }
    await this.#sweepOnce(signal);
  }

  /**
   * Observes and judges for `duration`, counted from the first proof that events arrive, or until the
   * signal.
   * @throws {Fault} `store-unavailable` if its own lease is lost
   */
  async watch(duration: Millis, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    await this.view.loaded;
    if ((await this.#keeper.acquire()) !== 'acquired') throw leaseLost('it could not be acquired');
    using over = new LinkedSignal([signal]);
    let judgingSince: MonotonicTime | undefined;
    this.#afterSweep = () => {
      if (this.#loop.isJudging) judgingSince ??= clock.monotonic();
      if (judgingSince !== undefined && clock.monotonic() - judgingSince >= duration) over.abort();
    };
    const proof = { key: this.#leaseKey, keeper: this.#keeper, label: 'lease' } as const;
    try {
      await this.#loop.run(proof, [allRunLeases], over.signal);
    } finally {
      this.#loop.stopJudging();
      await this.#loop.sweeper.settled();
      await this.#keeper.release();
    }
  }

  /** Resolves when the cache has everything that this collection wrote; `false` if the signal aborts. */
  caughtUp(signal: AbortSignal): Promise<boolean> {
    return this.view.waitForRevision(this.#lastWrite, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  #expiredRuns(): number {
    const slots = [...this.view.fleet.slots()];
    return slots.filter(({ agent }) => agent?.kind === 'stored' && agent.record.phase === 'expired')
      .length;
  }

  /** Clocks that start now decide nothing new: this only finishes what was decided before. */
  async #sweepOnce(signal: AbortSignal): Promise<void> {
    const { sweeper } = this.#loop;
    await this.#observeServerTime();
    sweeper.restartClocks();
    sweeper.sweep(signal);
    await sweeper.settled();
  }

  /** Without an answer the server's time is not known, and no hold ends. */
  async #observeServerTime(): Promise<void> {
    const { serverTime, log } = this.#ports;
    try {
      this.#serverTime.observe(await serverTime.now());
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.debug('server-time-not-read', { why: error.message });
    }
  }

  /** The registry, with each stored commit reported to the listener. */
  #reporting(registry: Registry): Registry {
    return {
      ...registry,
      commit: async (commit, wait) => {
        const result = await registry.commit(commit, wait);
        if (result.outcome !== 'committed') return result;
        this.#lastWrite = Math.max(this.#lastWrite, ...result.revisions.values());
        this.#listener.onCommitted(
          commit.events.map(({ text }) => AuditEvent.parse(JSON.parse(text))),
        );
        return result;
      },
    };
  }
}

const leaseLost = (why: string): Fault =>
  new Fault('store-unavailable', `the lease of this collection is lost: ${why}`);
