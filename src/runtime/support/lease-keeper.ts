import { Fault } from '../../domain/fault.ts';
import { type LeasePolicy, renewEvery, renewJitter } from '../../domain/policy/lease-policy.ts';
import {
  type Millis,
  type MonotonicTime,
  type Revision,
  seconds,
  type WallTime,
} from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LeaseOwner } from '../../ports/metrics.ts';
import type { Ports } from '../../ports/ports.ts';

/** A moment on both clocks of one process. */
interface Moment {
  readonly monotonic: MonotonicTime;
  readonly wall: WallTime;
}

const momentOf = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), wall: clock.wall() });

/**
 * The time since a moment by whichever clock moved further: a machine that slept may have stopped its
 * monotonic clock, and a wall clock may have been set back. Too long an answer costs a renewal, too
 * short a one costs G3.
 */
export const elapsedSince = (then: Moment, clock: Clock): Millis =>
  Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);

type KeeperPorts = Pick<Ports, 'leases' | 'clock' | 'entropy' | 'log' | 'metrics'>;

/**
 * Holds one lease: takes it, renews it every third of its ttl, and says at once when it can no longer
 * be claimed: a renewal was refused, or none was acknowledged for a whole ttl, counted from the
 * moment the last acknowledged one was SENT.
 */
export class LeaseKeeper {
  readonly #key: string;
  readonly #text: () => string;
  /** What is written until an acknowledgement comes: a write of ours is known again by its text. */
  #writing = '';
  readonly #policy: LeasePolicy;
  readonly #ports: KeeperPorts;
  readonly #lapsed: (why: string) => void;
  readonly #owner: LeaseOwner;
  #held: { revision: Revision; sent: Moment } | undefined;
  #term: AbortController | undefined;
  #lag: Millis = 0;

  constructor(
    of: { readonly key: string; readonly text: () => string },
    policy: LeasePolicy,
    ports: KeeperPorts,
    lapsed: (why: string) => void,
  ) {
    this.#key = of.key;
    this.#text = of.text;
    this.#policy = policy;
    this.#ports = ports;
    this.#lapsed = lapsed;
    this.#owner = of.key.startsWith('seat.') ? 'seat' : 'run';
  }

  /** Whether the lease may be claimed at this moment. */
  get isValid(): boolean {
    return (
      this.#held !== undefined &&
      elapsedSince(this.#held.sent, this.#ports.clock) < this.#policy.ttl
    );
  }

  /** The revision of the last acknowledged renewal; 0 while nothing is held. */
  get revision(): Revision {
    return this.#held?.revision ?? 0;
  }

  /** How late this process woke for its last renewal: what its event loop makes others wait. */
  get lag(): Millis {
    return this.#lag;
  }

  /**
   * Takes the lease and begins to renew it. A key that already holds this very text is a write of
   * ours whose acknowledgement was lost. `late`: the acknowledgement took a whole ttl, so the lease may
   * be over by now, and nothing is held; take again.
   * @throws {Fault} `store-unavailable`
   */
  async acquire(): Promise<'held' | 'taken' | 'late'> {
    this.#term?.abort();
    const { leases, clock } = this.#ports;
    const sent = momentOf(clock);
    const text = this.#text();
    this.#writing = text;
    const created = await leases.create(this.#key, text, this.#policy.ttl);
    if (created !== 'taken') return this.#begin(created.revision, sent);
    const there = await leases.read(this.#key);
    if (there.text !== text) return 'taken';
    const again = momentOf(clock);
    const renewed = await leases.renew(this.#key, text, there.revision, this.#policy.ttl);
    return renewed === 'lost' ? 'taken' : this.#begin(renewed.revision, again);
  }

  /** Stops renewing and gives the lease back, if the store lets us; else it lapses by itself. */
  async release(): Promise<void> {
    this.#term?.abort();
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    try {
      await this.#giveBack(held.revision);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#ports.log.debug('lease-not-released', { key: this.#key, why: error.message });
    }
  }

  /** A renewal under way may have been stored after the last one that was acknowledged. */
  async #giveBack(at: Revision): Promise<void> {
    const { leases } = this.#ports;
    if ((await leases.release(this.#key, at)) === 'released') return;
    const there = await leases.read(this.#key);
    if (there.text === this.#writing) await leases.release(this.#key, there.revision);
  }

  #begin(revision: Revision, sent: Moment): 'held' | 'late' {
    if (elapsedSince(sent, this.#ports.clock) >= this.#policy.ttl) return 'late';
    this.#held = { revision, sent };
    const term = new AbortController();
    this.#term = term;
    void this.#renewing(term.signal);
    void this.#expecting(term.signal);
    return 'held';
  }

  async #renewing(signal: AbortSignal): Promise<void> {
    const { clock, entropy, metrics } = this.#ports;
    let pause = renewEvery(this.#policy) * (1 - renewJitter * entropy.fraction());
    let planned = clock.monotonic() + pause;
    while (!signal.aborted) {
      const slept = clock.monotonic();
      await clock.sleep(pause, signal);
      if (signal.aborted) return;
      this.#lag = Math.max(0, clock.monotonic() - slept - pause);
      const renewed = await this.#renewOnce(signal);
      if (signal.aborted) return;
      const now = clock.monotonic();
      if (renewed === 'renewed') metrics.renewed(this.#owner, Math.max(0, now - planned));
      else metrics.renewalFailed(this.#owner, renewed === 'lost' ? 'refused' : 'unanswered');
      if (renewed === 'lost') return this.#lapse(signal, 'the renewal was refused');
      pause =
        renewed === 'renewed'
          ? renewEvery(this.#policy) * (1 - renewJitter * entropy.fraction())
          : seconds(0.25 + 0.25 * entropy.fraction());
      if (renewed === 'renewed') planned = now + pause;
    }
  }

  async #renewOnce(signal: AbortSignal): Promise<'renewed' | 'lost' | 'unknown'> {
    const { leases, clock, log } = this.#ports;
    const sent = momentOf(clock);
    const at = this.revision;
    try {
      const renewed = await leases.renew(this.#key, this.#writing, at, this.#policy.ttl);
      if (renewed === 'lost') return 'lost';
      this.#writing = this.#text();
      if (!signal.aborted) this.#held = { revision: renewed.revision, sent };
      return 'renewed';
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.debug('renewal-unknown', { key: this.#key, why: error.message });
      return 'unknown';
    }
  }

  /** Wakes when the lease would be over, however long a renewal hangs. */
  async #expecting(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted && this.#held) {
      const left = this.#policy.ttl - elapsedSince(this.#held.sent, clock);
      if (left <= 0) return this.#lapse(signal, 'no renewal was acknowledged for a ttl');
      await clock.sleep(left, signal);
    }
  }

  #lapse(signal: AbortSignal, why: string): void {
    if (signal.aborted) return;
    this.#term?.abort();
    this.#held = undefined;
    this.#ports.metrics.lapsed(this.#owner);
    this.#lapsed(why);
  }
}
