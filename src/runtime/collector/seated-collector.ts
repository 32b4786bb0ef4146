import { allRunLeases, allSeats, seatKey } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { hours, type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { KeyframeWriter } from '../audit/keyframes/keyframe-writer.ts';
import type { LeaseKeeper } from '../support/lease-keeper.ts';
import { RegistryCache } from '../support/registry-cache.ts';
import type { Author } from '../transitions/record-change.ts';
import { LeaseObservations } from './observe/lease-observations.ts';
import { ObserverHealth } from './observe/observer-health.ts';
import { Sweeper } from './sweeper.ts';

/** What happens to whoever sits: said as it happens, decided by the collector's machine. */
export interface CollectorListener {
  sighted(): void;
  blinded(why: string): void;
  removing(busy: boolean): void;
  /** A keyframe was made; `false`: it can't be signed just now. */
  kept(keyframe: Revision, digest: string): boolean;
}

/** The seat, and what its holder is to do there beside the watching. */
export interface SeatOptions {
  readonly seat: number;
  readonly keeper: LeaseKeeper;
  readonly keyframeEvery: number | undefined;
  readonly sweepEvery: Millis;
  /** The policy has fewer seats than this one's number: whoever sits there gets up. */
  readonly onSeatRemoved: () => void;
}

const tidyEvery: Millis = seconds(10);
const forgetAfter: Millis = hours(1);

/** One collector on one seat: its view, its clocks, its sweeps. It sees by its seat's renewals. */
export class SeatedCollector {
  readonly view: RegistryCache;
  readonly #sightings: LeaseObservations;
  readonly #sweeper: Sweeper;
  readonly #keyframer: KeyframeWriter;
  readonly #eyesight: ObserverHealth;
  readonly #seat: Pick<SeatOptions, 'seat' | 'sweepEvery' | 'onSeatRemoved'>;
  readonly #ports: Ports;
  readonly #listener: CollectorListener;

  constructor(
    author: Author,
    { seat, keeper, keyframeEvery, sweepEvery, onSeatRemoved }: SeatOptions,
    lease: LeasePolicy,
    ports: Ports,
    listener: CollectorListener,
  ) {
    this.#seat = { seat, sweepEvery, onSeatRemoved };
    this.#ports = ports;
    this.#listener = listener;
    this.#sightings = new LeaseObservations(ports.clock);
    this.view = new RegistryCache(ports, (slots) => this.#sweeper.slotsChanged(slots));
    const seeing = { view: this.view, sightings: this.#sightings };
    this.#sweeper = new Sweeper(author, seeing, { seat, lease, sweepEvery }, ports, listener);
    const own = { key: seatKey(seat), keeper, label: 'seat' } as const;
    this.#eyesight = new ObserverHealth(own, lease, this.#sightings, ports.clock);
    const sign = listener.kept.bind(listener);
    this.#keyframer = new KeyframeWriter(ports, sign, keyframeEvery);
  }

  /** Watches and removes until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all([
        this.view.follow(signal),
        this.#observe(signal),
        this.#sweepLoop(signal),
        this.#keyframer.run(() => this.#sweeper.isLeader, signal),
        this.#followDisconnects(signal),
      ]);
    } finally {
      this.stopJudging();
      await this.#sweeper.settled();
    }
  }

  /** Every silence, grace and leftover counts from now. */
  startClocks(): void {
    this.#eyesight.resumeJudging();
    this.#sweeper.restartClocks();
  }

  /** Nothing is judged until the seat's next renewal, one that comes after this moment, was seen. */
  stopJudging(): void {
    this.#eyesight.suspendJudging();
  }

  async #observe(signal: AbortSignal): Promise<void> {
    for await (const feed of this.#ports.leases.watch([allRunLeases, allSeats], signal)) {
      this.#sightings.apply(feed);
      if (feed.kind === 'changes') this.#ports.metrics.heartbeats(feed.entries.length);
      if (!this.#eyesight.confirmRenewal()) continue;
      if (this.#eyesight.judging || this.view.age === undefined) continue;
      this.#listener.sighted();
    }
  }

  /** Looks at once where a connection closes; a server that says nothing of it costs nothing. */
  #followDisconnects(signal: AbortSignal): Promise<void> {
    return this.#ports.disconnects.watch(
      (departure) => this.#sweeper.onDisconnect(departure, this.#eyesight.judging),
      signal,
    );
  }

  /** Sweeps, and notices when it could not. */
  async #sweepLoop(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const { sweepEvery } = this.#seat;
    let tidied = clock.monotonic();
    while (!signal.aborted) {
      await clock.sleep(sweepEvery, signal);
      if (signal.aborted) return;
      const trouble = this.#eyesight.checkClocks(sweepEvery);
      if (trouble !== undefined && this.#eyesight.judging) this.#listener.blinded(trouble);
      // Before the view has loaded, nobody knows what the policy says.
      const known = this.view.age !== undefined;
      if (known && this.#seat.seat > this.view.fleet.controls.policy.seats)
        this.#seat.onSeatRemoved();
      const { judging } = this.#eyesight;
      if (judging) this.#sweeper.sweep(judging);
      const now = clock.monotonic();
      if (now - tidied < tidyEvery) continue;
      tidied = now;
      this.#sweeper.forget(forgetAfter);
      if (this.#sweeper.isLeader) void this.#tidy();
    }
  }

  async #tidy(): Promise<void> {
    try {
      await this.#ports.audit.tidy();
    } catch (error) {
      this.#ports.log.debug('outbox-not-tidied', { why: String(error) });
    }
  }
}
