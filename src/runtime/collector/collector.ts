import type { CollectorEffect, CollectorEvent } from '../../../machines/collector.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { blindAfter, type LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { longestReason } from '../../domain/records/schema-problems.ts';
import { recordVersion } from '../../domain/records/schemas.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { type AnchorOptions, writeAnchors } from '../audit/anchors/anchor-writer.ts';
import { LinkedSignal } from '../support/linked-signal.ts';
import { RefusedCommits } from '../support/refused-commits.ts';
import { withTimeout } from '../support/with-timeout.ts';
import { collector as machine } from '../transitions/machine-set.ts';
import { ProcessChain, type ProcessTransition } from '../transitions/process-chain.ts';
import { type Author, signingAuthor } from '../transitions/record-change.ts';
import { ServerTimeEstimate } from './observe/server-time-estimate.ts';
import { takeSeat } from './seat.ts';
import { SeatedCollector } from './seated-collector.ts';
import { sweepEvery } from './sweeper.ts';
import { untilWatchesWork } from './trial-watches.ts';

export interface CollectorOptions {
  /** The ttl of its seat; also how long an instance may stay whose slot has no record. */
  readonly lease: LeasePolicy;
  /** After how many events it writes a keyframe. */
  readonly keyframeEvery?: number;
  /**
   * Time between two sweeps. A simulation of hours may sweep less often; everything is detected
   * that much later.
   */
  readonly sweepEvery?: Millis;
  /** Anchors of the history outside the store; undefined: none. */
  readonly anchors?: AnchorOptions | undefined;
  readonly onTransition: (transition: ProcessTransition) => void;
}

const flushTimeout: Millis = seconds(2);

/** A collector: waits until a seat is free, then judges and removes while it has the seat. */
export class Collector implements AsyncDisposable {
  readonly self: RunRef;
  readonly #options: CollectorOptions;
  readonly #author: Author;
  readonly #ports: Ports;
  readonly #chain: ProcessChain;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  /** Kept from seat to seat. */
  readonly #serverTime: ServerTimeEstimate;
  readonly #refusedCommits: RefusedCommits;
  #seated: SeatedCollector | undefined;
  /** It gave its last seat up because it was blind. */
  #wasBlind = false;

  constructor(self: RunRef, options: CollectorOptions, ports: Ports) {
    this.self = self;
    this.#options = options;
    this.#refusedCommits = new RefusedCommits(ports, blindAfter(options.lease));
    this.#ports = { ...ports, registry: this.#refusedCommits.observe(ports.registry) };
    this.#author = signingAuthor(self, ports);
    this.#chain = new ProcessChain({ entity: 'collector', ...self }, this.#author, machine, ports);
    this.#serverTime = new ServerTimeEstimate(ports);
    this.#done = Promise.race([this.#run(), this.#chain.failure]).finally(() => this.#stop.abort());
  }

  /** `sleeping`, `blind`, `watching`, `removing` or `stopped`. */
  get state(): string {
    const { state } = this.#chain;
    return typeof state === 'string' ? state : String(state['seated']);
  }

  /** Resolves when it has stopped; rejects with a bug. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** Releases the seat. Running tasks finish first; the next seat holder does the rest. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const { anchors } = this.#options;
    const { signal } = this.#stop;
    await Promise.all([
      this.#collect(),
      anchors && writeAnchors(this.#author, anchors, this.#ports, signal),
    ]);
  }

  async #collect(): Promise<void> {
    while (!this.#stop.signal.aborted) await this.#useSeat();
    this.#post({ type: 'stopped' });
    const never = new AbortController().signal;
    await withTimeout(flushTimeout, this.#ports.clock, never, (timeout) =>
      this.#chain.flushed(timeout),
    );
  }

  /** One seat, from waiting for it to losing it. */
  async #useSeat(): Promise<void> {
    const seatTerm = new AbortController();
    const onLost = (why: string) => {
      this.#ports.log.info('seat-lost', { why });
      seatTerm.abort();
    };
    const { lease } = this.#options;
    const { signal } = this.#stop;
    if (this.#wasBlind) await untilWatchesWork(lease, this.#ports, signal);
    this.#wasBlind = false;
    const seat = await takeSeat(() => this.#seatText(), lease, this.#ports, onLost, signal);
    if (!seat) return;
    this.#post({ type: 'seated', seat: seat.seat });
    const options = {
      ...seat,
      keyframeEvery: this.#options.keyframeEvery,
      sweepEvery: this.#options.sweepEvery ?? sweepEvery,
      serverTime: this.#serverTime,
      onSeatRemoved: () => onLost('the policy has fewer seats'),
    };
    let blind: string | undefined;
    this.#ports.metrics.seated(true);
    this.#ports.metrics.blind?.(true);
    const collector = new SeatedCollector(this.#author, options, lease, this.#ports, {
      onSighted: () => {
        if (this.#post({ type: 'sighted' })) this.#ports.metrics.blind?.(false);
      },
      onBlinded: (why) => {
        if (!this.#post({ type: 'blinded', why })) return;
        this.#ports.metrics.blind?.(true);
        this.#ports.log.warn('blinded', { seat: seat.seat, why });
      },
      onBlindForTtl: (why) => {
        if (seatTerm.signal.aborted) return;
        this.#wasBlind = true;
        this.#ports.log.warn('seat-given-up', { seat: seat.seat, why });
        blind = why;
        seatTerm.abort();
      },
      onRemoving: (removing) =>
        void this.#post({ type: removing ? 'removal-begun' : 'removal-done' }),
      signKeyframe: (seq, digest) => this.#post({ type: 'kept', seq, digest }),
    });
    this.#seated = collector;
    using both = new LinkedSignal([seatTerm.signal, signal]);
    try {
      await Promise.race([collector.run(both.signal), seat.keeper.failure]);
    } catch (cause) {
      // Nobody collects under this seat any more, so another collector must get it.
      await seat.keeper.close().catch(() => {});
      throw cause;
    } finally {
      this.#seated = undefined;
      this.#ports.metrics.seated(false);
      this.#ports.metrics.blind?.(false);
    }
    await seat.keeper.release();
    if (!signal.aborted)
      this.#post({ type: 'unseated', ...(blind !== undefined && { why: blind }) });
  }

  #seatText(): string {
    const runs = this.#seated?.view.fleet.size ?? 0;
    const { offset } = this.#serverTime;
    const { ttl } = this.#options.lease;
    const why = this.#judgesNothingBecause();
    const judges = why === undefined;
    return JSON.stringify({
      ...{ v: recordVersion, ...this.self, runs, ttl, offset, judges },
      ...(!judges && { why: why.slice(0, longestReason) }),
    });
  }

  /** Why its verdicts reach nobody; undefined: they do. */
  #judgesNothingBecause(): string | undefined {
    const seated = this.#seated;
    // A short blindness is over with the renewal that is written here.
    if (seated && seated.blindFor > blindAfter(this.#options.lease)) return seated.blindBecause;
    return this.#refusedCommits.check();
  }

  /** Sends an event to the state machine. Returns whether it had a transition. */
  #post(event: CollectorEvent): boolean {
    const from = this.#chain.state;
    const seat = this.#chain.take({ ...event });
    if (seat === 'ignored') return false;
    for (const effect of seat.effects) this.#perform(effect as CollectorEffect);
    this.#options.onTransition({ machine: machine.name, event: { ...event }, from, to: seat.to });
    return true;
  }

  #perform(effect: CollectorEffect): void {
    if (effect === 'start-clocks') this.#seated?.startJudging();
    else this.#seated?.stopJudging();
  }
}
