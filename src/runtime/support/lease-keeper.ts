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
import { BackgroundFailure } from './background-failure.ts';

/** The same moment on both clocks of one process. */
interface Moment {
  readonly monotonic: MonotonicTime;
  readonly wall: WallTime;
}

const readClocks = (clock: Clock): Moment => ({ monotonic: clock.monotonic(), wall: clock.wall() });

/**
 * The time since a moment, by the clock that advanced more. The monotonic clock may have stopped
 * while the machine slept, and the wall clock may have been set back. An answer that is too long
 * costs a renewal, one that is too short costs G3.
 */
export const elapsedSince = (then: Moment, clock: Clock): Millis =>
  Math.max(clock.monotonic() - then.monotonic, clock.wall() - then.wall);

type KeeperPorts = Pick<Ports, 'leases' | 'clock' | 'entropy' | 'log' | 'metrics'>;

/**
 * Acquires one lease and renews it every third of its ttl. Calls back as soon as the lease may no
 * longer be claimed: a renewal was refused, or no renewal was acknowledged for a whole ttl. The ttl
 * counts from the moment the last acknowledged renewal was SENT.
 */
export class LeaseKeeper {
  readonly #key: string;
  readonly #text: () => string;
  /**
   * The text of the write that is not acknowledged yet. It identifies a write of this process whose
   * acknowledgement was lost.
   */
  #pendingText = '';
  /** Whether the last write was not acknowledged: it is repeated with the same text. */
  #isRepeat = false;
  readonly #policy: LeasePolicy;
  readonly #ports: KeeperPorts;
  readonly #onLapsed: (why: string) => void;
  readonly #tasks = new BackgroundFailure();
  #isClosed = false;
  readonly #owner: LeaseOwner;
  #lease: { revision: Revision; sent: Moment } | undefined;
  #renewals: AbortController | undefined;
  #lag: Millis = 0;

  constructor(
    of: { readonly key: string; readonly text: () => string },
    policy: LeasePolicy,
    ports: KeeperPorts,
    onLapsed: (why: string) => void,
  ) {
    this.#key = of.key;
    this.#text = of.text;
    this.#policy = policy;
    this.#ports = ports;
    this.#onLapsed = onLapsed;
    this.#owner = of.key.startsWith('seat.') ? 'seat' : 'run';
  }

  /** Rejects if a renewal failed in an unforeseen way; never resolves. */
  get failure(): Promise<never> {
    return this.#tasks.promise;
  }

  /** Whether the lease may be claimed now. */
  get isValid(): boolean {
    return (
      this.#lease !== undefined &&
      elapsedSince(this.#lease.sent, this.#ports.clock) < this.#policy.ttl
    );
  }

  /** The revision of the last acknowledged renewal; 0 without a lease. */
  get revision(): Revision {
    return this.#lease?.revision ?? 0;
  }

  /** How late this process woke for its last renewal: the lag of its event loop. */
  get lag(): Millis {
    return this.#lag;
  }

  /**
   * Acquires the lease and starts to renew it. If the key already has exactly this text, it is an
   * earlier write of this process whose acknowledgement was lost.
   * `late`: the acknowledgement took a whole ttl, so the lease may have lapsed already. Nothing was
   * acquired; try again.
   * @throws {Fault} `store-unavailable`
   */
  async acquire(): Promise<'acquired' | 'taken' | 'late'> {
    this.#renewals?.abort();
    try {
      return await this.#acquire();
    } catch (error) {
      // If the store answers no write, the lease lapses after a ttl: from then on this is all that is tried.
      if (error instanceof Fault) this.#ports.metrics.renewalFailed(this.#owner, 'unanswered');
      throw error;
    }
  }

  async #acquire(): Promise<'acquired' | 'taken' | 'late'> {
    const { leases, clock } = this.#ports;
    const sent = readClocks(clock);
    const text = this.#text();
    this.#pendingText = text;
    const created = await leases.create(this.#key, text, this.#policy.ttl);
    if (created !== 'taken') return this.#begin(created.revision, sent);
    const entry = await leases.read(this.#key);
    if (entry.text !== text) return 'taken';
    const sentAgain = readClocks(clock);
    const renewed = await leases.renew(this.#key, text, entry.revision, this.#policy.ttl);
    return renewed === 'lost' ? 'taken' : this.#begin(renewed.revision, sentAgain);
  }

  /**
   * Takes the lease of another holder, whose last renewal was at `revision` and who no longer claims it. If
   * that holder renews after all, one of the two writes is refused.
   * @throws {Fault} `store-unavailable`
   */
  async takeOver(revision: Revision): Promise<'acquired' | 'taken' | 'late'> {
    this.#renewals?.abort();
    const { leases, clock } = this.#ports;
    const sent = readClocks(clock);
    const text = this.#text();
    this.#pendingText = text;
    const taken = await leases.renew(this.#key, text, revision, this.#policy.ttl);
    return taken === 'lost' ? 'taken' : this.#begin(taken.revision, sent);
  }

  /**
   * Stops renewing and releases the lease. If the store does not answer, the lease lapses by
   * itself.
   */
  async release(): Promise<void> {
    this.#renewals?.abort();
    const lease = this.#lease;
    this.#lease = undefined;
    if (!lease) return;
    try {
      await this.#releaseAt(lease.revision);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#ports.log.debug('lease-not-released', { key: this.#key, why: error.message });
    }
  }

  /** Releases the lease, and keeps none that is being acquired: it lapses. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.release();
  }

  /** A renewal in progress may have been stored after the last acknowledged one. */
  async #releaseAt(at: Revision): Promise<void> {
    const { leases } = this.#ports;
    if ((await leases.release(this.#key, at)) === 'released') return;
    const entry = await leases.read(this.#key);
    if (entry.text === this.#pendingText) await leases.release(this.#key, entry.revision);
  }

  #begin(revision: Revision, sent: Moment): 'acquired' | 'late' {
    if (this.#isClosed || elapsedSince(sent, this.#ports.clock) >= this.#policy.ttl) return 'late';
    this.#lease = { revision, sent };
    this.#isRepeat = false;
    const renewals = new AbortController();
    this.#renewals = renewals;
    this.#tasks.run(this.#renewLoop(renewals.signal));
    this.#tasks.run(this.#watchExpiry(renewals.signal));
    return 'acquired';
  }

  async #renewLoop(signal: AbortSignal): Promise<void> {
    const { clock, entropy, metrics } = this.#ports;
    let pause = renewEvery(this.#policy) * (1 - renewJitter * entropy.fraction());
    let planned = clock.monotonic() + pause;
    while (!signal.aborted) {
      const sleptAt = clock.monotonic();
      await clock.sleep(pause, signal);
      if (signal.aborted) return;
      this.#lag = Math.max(0, clock.monotonic() - sleptAt - pause);
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
    const sent = readClocks(clock);
    const at = this.revision;
    if (!this.#isRepeat) this.#pendingText = this.#text();
    this.#isRepeat = true;
    try {
      const renewed = await leases.renew(this.#key, this.#pendingText, at, this.#policy.ttl);
      if (renewed === 'lost') return 'lost';
      this.#isRepeat = false;
      if (!signal.aborted) this.#lease = { revision: renewed.revision, sent };
      return 'renewed';
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.debug('renewal-unknown', { key: this.#key, why: error.message });
      return 'unknown';
    }
  }

  /** Wakes when the lease would have lapsed, even if a renewal hangs. */
  async #watchExpiry(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted && this.#lease) {
      const left = this.#policy.ttl - elapsedSince(this.#lease.sent, clock);
      if (left <= 0) return this.#lapse(signal, 'no renewal was acknowledged for a ttl');
      await clock.sleep(left, signal);
    }
  }

  #lapse(signal: AbortSignal, why: string): void {
    if (signal.aborted) return;
    this.#renewals?.abort();
    this.#lease = undefined;
    this.#ports.metrics.lapsed(this.#owner);
    this.#onLapsed(why);
  }
}
