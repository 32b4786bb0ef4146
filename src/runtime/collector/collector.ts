import type { CollectorEffect, CollectorEvent } from '../../../machines/collector.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import { recordVersion } from '../../domain/records/schemas.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { withTimeout } from '../support/with-timeout.ts';
import { collector as machine } from '../transitions/machine-set.ts';
import { ProcessChain, type ProcessTransition } from '../transitions/process-chain.ts';
import type { Author } from '../transitions/record-change.ts';
import { takeSeat } from './seat.ts';
import { SeatedCollector } from './seated-collector.ts';
import { sweepEvery } from './sweeper.ts';

export interface CollectorOptions {
  /** The life of its seat, and how long an instance whose slot has no record at all may stay. */
  readonly lease: LeasePolicy;
  /** After how many events it makes a keyframe of the history. */
  readonly keyframeEvery?: number;
  /** Between two sweeps: a simulation of hours may look less often; everything is that much later. */
  readonly sweepEvery?: Millis;
  readonly onTransition: (transition: ProcessTransition) => void;
}

const flushWithin: Millis = seconds(2);

/** A collector: sleeps until a seat is free, then watches and removes for as long as it holds it. */
export class Collector implements AsyncDisposable {
  readonly me: RunRef;
  readonly #options: CollectorOptions;
  readonly #author: Author;
  readonly #ports: Ports;
  readonly #chain: ProcessChain;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #sitting: SeatedCollector | undefined;

  constructor(me: RunRef, options: CollectorOptions, ports: Ports) {
    this.me = me;
    this.#options = options;
    this.#ports = ports;
    this.#author = { actor: me, ports };
    this.#chain = new ProcessChain({ entity: 'collector', ...me }, this.#author, machine, ports);
    this.#done = this.#running();
  }

  /** `sleeping`, `blind`, `watching`, `removing` or `stopped`. */
  get state(): string {
    const { state } = this.#chain;
    return typeof state === 'string' ? state : String(state['seated']);
  }

  /** Resolves when it was stopped; rejects with a bug. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** Gives the seat back; what is under way comes to its end first, the rest is the next one's. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #running(): Promise<void> {
    while (!this.#stop.signal.aborted) await this.#sit();
    this.#post({ type: 'stopped' });
    const never = new AbortController().signal;
    await withTimeout(flushWithin, this.#ports.clock, never, (bound) => this.#chain.flushed(bound));
  }

  /** One seat, from waiting for it to losing it. */
  async #sit(): Promise<void> {
    const term = new AbortController();
    const lost = (why: string) => {
      this.#ports.log.info('seat-lost', { why });
      term.abort();
    };
    const { lease } = this.#options;
    const { signal } = this.#stop;
    const taken = await takeSeat(() => this.#seatText(), lease, this.#ports, lost, signal);
    if (!taken) return;
    this.#post({ type: 'seated', seat: taken.seat });
    const place = {
      ...taken,
      keyframeEvery: this.#options.keyframeEvery,
      sweepEvery: this.#options.sweepEvery ?? sweepEvery,
      onSeatRemoved: () => lost('the policy has fewer seats'),
    };
    this.#ports.metrics.seated(true);
    const sitting = new SeatedCollector(this.#author, place, lease, this.#ports, {
      sighted: () => void this.#post({ type: 'sighted' }),
      blinded: (why) => void this.#post({ type: 'blinded', why }),
      removing: (busy) => void this.#post({ type: busy ? 'removal-begun' : 'removal-done' }),
      kept: (seq, digest) => this.#post({ type: 'kept', seq, digest }),
    });
    this.#sitting = sitting;
    await sitting.run(AbortSignal.any([term.signal, signal]));
    this.#sitting = undefined;
    this.#ports.metrics.seated(false);
    await taken.keeper.release();
    if (!signal.aborted) this.#post({ type: 'unseated' });
  }

  #seatText(): string {
    const runs = this.#sitting?.view.fleet.size ?? 0;
    return JSON.stringify({ v: recordVersion, ...this.me, runs });
  }

  /** Whether the machine had such a transition. */
  #post(event: CollectorEvent): boolean {
    const from = this.#chain.state;
    const taken = this.#chain.take({ ...event });
    if (taken === 'ignored') return false;
    for (const effect of taken.effects) this.#perform(effect as CollectorEffect);
    this.#options.onTransition({ machine: machine.name, event: { ...event }, from, to: taken.to });
    return true;
  }

  #perform(effect: CollectorEffect): void {
    if (effect === 'start-clocks') this.#sitting?.startClocks();
    else this.#sitting?.stopJudging();
  }
}
