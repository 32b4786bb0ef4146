import { allRunLeases, allSeats, seatKey } from '../../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import {
  hours,
  type Millis,
  type MonotonicTime,
  type Revision,
  seconds,
} from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { KeyframeWriter } from '../audit/keyframes/keyframe-writer.ts';
import type { LeaseKeeper } from '../support/lease-keeper.ts';
import type { RegistryCache } from '../support/registry-cache.ts';
import type { Author } from '../transitions/record-change.ts';
import { CollectorLoop } from './collector-loop.ts';
import { LossMetrics } from './loss-metrics.ts';
import type { ServerTimeEstimate } from './observe/server-time-estimate.ts';
import { OutboxTrimmer } from './outbox-trimmer.ts';

/** What happens to a collector with a seat; its state machine decides what follows. */
export interface CollectorListener {
  onSighted(): void;
  onBlinded(why: string): void;
  /** It has judged nothing for a ttl. */
  onBlindForTtl(why: string): void;
  onRemoving(removing: boolean): void;
  /** Signs a keyframe. Returns `false` if the state machine cannot do that now. */
  signKeyframe(keyframe: Revision, digest: string): boolean;
}

export interface SeatOptions {
  readonly seat: number;
  readonly keeper: LeaseKeeper;
  readonly keyframeEvery: number | undefined;
  readonly sweepEvery: Millis;
  readonly serverTime: ServerTimeEstimate;
  /** The policy has fewer seats than the number of this one: its holder must leave it. */
  readonly onSeatRemoved: () => void;
}

const trimOutboxEvery: Millis = seconds(10);
/** More than two ttls of any run: a lease that does not move is judged by how long ago it was first seen. */
const forgetAfter: Millis = hours(24);

/**
 * A collector with a seat: sweeps, writes keyframes, trims the outbox. The renewals of its seat prove
 * that it receives events.
 */
export class SeatedCollector {
  readonly #loop: CollectorLoop;
  readonly #keyframes: KeyframeWriter;
  readonly #options: SeatOptions;
  readonly #ports: Ports;
  #trimmedAt: MonotonicTime;
  readonly #outbox: OutboxTrimmer;
  readonly #losses: LossMetrics;
  #signal = AbortSignal.abort();

  constructor(
    author: Author,
    options: SeatOptions,
    lease: LeasePolicy,
    ports: Ports,
    listener: CollectorListener,
  ) {
    this.#outbox = new OutboxTrimmer(author, ports);
    this.#options = options;
    this.#ports = ports;
    this.#trimmedAt = ports.clock.monotonic();
    const { seat, sweepEvery, keyframeEvery, serverTime } = options;
    this.#loop = new CollectorLoop(author, { seat, lease, sweepEvery, serverTime }, ports, {
      onSighted: () => listener.onSighted(),
      onBlinded: (why) => listener.onBlinded(why),
      onBlindForTtl: (why) => listener.onBlindForTtl(why),
      onRemoving: (removing) => listener.onRemoving(removing),
      beforeSweep: () => this.#checkSeat(),
      afterSweep: () => this.#housekeep(),
    });
    this.#losses = new LossMetrics(this.#loop.view.fleet, ports);
    const sign = listener.signKeyframe.bind(listener);
    this.#keyframes = new KeyframeWriter(ports, sign, keyframeEvery);
  }

  get view(): RegistryCache {
    return this.#loop.view;
  }

  /** How long it has judged nothing; 0 while it judges. */
  get blindFor(): Millis {
    return this.#loop.blindFor;
  }

  /** Why it judges nothing, or last judged nothing. */
  get blindBecause(): string {
    return this.#loop.blindBecause;
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { seat, keeper } = this.#options;
    const proof = { key: seatKey(seat), keeper, label: 'seat' } as const;
    const { sweeper, view } = this.#loop;
    this.#signal = signal;
    try {
      await Promise.all([
        view.follow(signal),
        this.#loop.run(proof, [allRunLeases, allSeats], signal),
        this.#keyframes.run(() => sweeper.isLeader, signal),
      ]);
    } finally {
      this.stopJudging();
      await sweeper.settled();
    }
  }

  /** All silences, graces and ages of leftovers count from now. */
  startJudging(): void {
    this.#loop.startJudging();
  }

  /** Stops judging until a renewal of the seat is seen that happens after this call. */
  stopJudging(): void {
    this.#loop.stopJudging();
  }

  /** Until the cache has its first snapshot, the number of seats is not known. */
  #checkSeat(): void {
    const { age, fleet } = this.view;
    const { seat, onSeatRemoved } = this.#options;
    if (age !== undefined && seat > fleet.controls.policy.seats) onSeatRemoved();
  }

  #housekeep(): void {
    const now = this.#ports.clock.monotonic();
    if (now - this.#trimmedAt < trimOutboxEvery) return;
    this.#trimmedAt = now;
    this.#loop.sweeper.forget(forgetAfter);
    const { isLeader } = this.#loop.sweeper;
    if (isLeader) void this.#outbox.trim();
    if (this.view.age !== undefined) void this.#losses.report(isLeader, this.#signal);
  }
}
