import { AuditEvent } from '../../domain/events/event-schema.ts';
import { Fault } from '../../domain/fault.ts';
import { allRunLeases, leaseKey } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { recordVersion } from '../../domain/records/schemas.ts';
import type { Millis, MonotonicTime, Revision } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Registry } from '../../ports/registry.ts';
import { LeaseKeeper } from '../support/lease-keeper.ts';
import { RegistryCache } from '../support/registry-cache.ts';
import type { Author } from '../transitions/record-change.ts';
import { LeaseObservations } from './observe/lease-observations.ts';
import { ObserverHealth } from './observe/observer-health.ts';
import { Sweeper, sweepEvery } from './sweeper.ts';

export interface ManualCollectionListener {
  /** What one commit of this visit has done. */
  onCommitted(events: readonly AuditEvent[]): void;
  /** It judges from now on: every silence, grace and leftover counts from zero. */
  sighted(): void;
  /** It judges nobody until it sees again. */
  blinded(why: string): void;
}

/**
 * What a collector does, done for a while by somebody without a seat.
 *
 * The same sweeps, by its own clocks alone: what it cannot know by itself it does not remove. Sight has
 * one proof here too: a lease of its own, seen renewed through its own watch. Its turn always comes
 * first, so a collector at the same work costs one of the two a refused batch.
 */
export class ManualCollection implements AsyncDisposable {
  readonly view: RegistryCache;
  readonly #sightings: LeaseObservations;
  readonly #sweeper: Sweeper;
  readonly #keeper: LeaseKeeper;
  readonly #key: string;
  readonly #lease: LeasePolicy;
  readonly #ports: Ports;
  readonly #listener: ManualCollectionListener;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  #lost: string | undefined;
  #written: Revision = 0;

  constructor(
    author: Author,
    lease: LeasePolicy,
    ports: Ports,
    listener: ManualCollectionListener,
  ) {
    const { actor } = author;
    this.#lease = lease;
    this.#ports = { ...ports, registry: this.#telling(ports.registry) };
    this.#listener = listener;
    this.#sightings = new LeaseObservations(ports.clock);
    this.view = new RegistryCache(this.#ports, (slots) => this.#sweeper.slotsChanged(slots));
    const seeing = { view: this.view, sightings: this.#sightings };
    // Seats are not watched here: so nobody comes before it.
    this.#sweeper = new Sweeper(author, seeing, { seat: 1, lease, sweepEvery }, this.#ports, {
      removing() {},
    });
    this.#key = leaseKey(actor);
    const text = () => JSON.stringify({ v: recordVersion, run: actor.run });
    const lapsed = (why: string) => {
      this.#lost = why;
    };
    this.#keeper = new LeaseKeeper({ key: this.#key, text }, lease, ports, lapsed);
    this.#following = this.view.follow(this.#stop.signal);
  }

  /**
   * Does at once what is decided already: removes what expired runs left, ends holds whose time is
   * over, sets and releases brakes.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    await this.view.loaded;
    let before = Number.POSITIVE_INFINITY;
    for (let left = this.#decided(); left > 0 && left < before; left = this.#decided()) {
      before = left;
      await this.#sweepOnce(signal);
      if (signal.aborted) return;
    }
    await this.#sweepOnce(signal);
  }

  /**
   * Watches and judges for so long, from when it first sees; or until the signal.
   * @throws {Fault} `store-unavailable` where its own lease is lost
   */
  async watch(duration: Millis, signal: AbortSignal): Promise<void> {
    const { clock, leases, disconnects } = this.#ports;
    await this.view.loaded;
    if ((await this.#keeper.acquire()) !== 'acquired') throw leaseLost('it could not be taken');
    const own = { key: this.#key, keeper: this.#keeper, label: 'lease' } as const;
    const eyesight = new ObserverHealth(own, this.#lease, this.#sightings, clock);
    const over = new AbortController();
    const both = AbortSignal.any([over.signal, signal]);
    const observing = (async () => {
      for await (const feed of leases.watch([allRunLeases], both)) {
        this.#sightings.apply(feed);
        if (eyesight.confirmRenewal() && !eyesight.judging) this.#see(eyesight);
      }
    })();
    const hearing = disconnects.watch(
      (departure) => this.#sweeper.onDisconnect(departure, eyesight.judging),
      both,
    );
    try {
      await this.#beat(eyesight, duration, both);
    } finally {
      over.abort();
      await Promise.all([observing, hearing]);
      eyesight.suspendJudging();
      await this.#sweeper.settled();
      await this.#keeper.release();
    }
  }

  /** Resolves when the view has all that this visit wrote, `false` once the signal is aborted. */
  caughtUp(signal: AbortSignal): Promise<boolean> {
    return this.view.waitForRevision(this.#written, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  #decided(): number {
    const slots = [...this.view.fleet.slots()];
    return slots.filter(({ agent }) => agent?.kind === 'stored' && agent.record.phase === 'expired')
      .length;
  }

  /** Clocks that have just begun can decide nothing: what is done is what was decided before. */
  async #sweepOnce(signal: AbortSignal): Promise<void> {
    this.#sweeper.restartClocks();
    this.#sweeper.sweep(signal);
    await this.#sweeper.settled();
  }

  #see(eyesight: ObserverHealth): void {
    eyesight.resumeJudging();
    this.#sweeper.restartClocks();
    this.#listener.sighted();
  }

  async #beat(eyesight: ObserverHealth, duration: Millis, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    let seen: MonotonicTime | undefined;
    while (!signal.aborted) {
      await clock.sleep(sweepEvery, signal);
      const trouble = eyesight.checkClocks(sweepEvery);
      if (this.#lost !== undefined) throw leaseLost(this.#lost);
      if (trouble !== undefined && eyesight.judging) {
        eyesight.suspendJudging();
        this.#listener.blinded(trouble);
      }
      const { judging } = eyesight;
      if (judging) {
        seen ??= clock.monotonic();
        this.#sweeper.sweep(judging);
      }
      if (seen !== undefined && clock.monotonic() - seen >= duration) return;
    }
  }

  /** A registry that says which transitions were stored through it. */
  #telling(registry: Registry): Registry {
    return {
      ...registry,
      commit: async (commit) => {
        const result = await registry.commit(commit);
        if (result.outcome !== 'committed') return result;
        this.#written = Math.max(this.#written, ...result.revisions.values());
        this.#listener.onCommitted(
          commit.events.map(({ text }) => AuditEvent.parse(JSON.parse(text))),
        );
        return result;
      },
    };
  }
}

const leaseLost = (why: string): Fault =>
  new Fault('store-unavailable', `the lease by which this visit sees is lost: ${why}`);
