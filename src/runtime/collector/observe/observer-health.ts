import { blindAfter, type LeasePolicy } from '../../../domain/policy/lease-policy.ts';
import {
  type Millis,
  type MonotonicTime,
  type Revision,
  seconds,
  type WallTime,
} from '../../../domain/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LeaseKeeper } from '../../support/lease-keeper.ts';
import type { LeaseObservations } from './lease-observations.ts';

/** A check this much later than planned means that this process did not run. */
const stalledAfter: Millis = seconds(1);

/** The lease whose renewals prove that the observer receives events, and its name in messages. */
export interface ProofLease {
  readonly key: string;
  readonly keeper: Pick<LeaseKeeper, 'revision'>;
  readonly label: 'seat' | 'lease';
}

/**
 * Whether an observer may judge (G6).
 *
 * There is one proof that it receives events: the renewal of its own lease, returned through its
 * own watch. Without that, after a stall, or after the two clocks diverged, it judges no run until
 * the next proof.
 */
export class ObserverHealth {
  readonly #lease: ProofLease;
  readonly #policy: LeasePolicy;
  readonly #observations: LeaseObservations;
  readonly #clock: Clock;
  #judging: AbortController | undefined;
  /** A renewal above this revision is proof; `seenAt`: when the last proof came. */
  #proof: { above: Revision; seenAt: MonotonicTime };
  #lastCheck: { monotonic: MonotonicTime; wall: WallTime };

  /** Create it after the lease is acquired. */
  constructor(
    lease: ProofLease,
    policy: LeasePolicy,
    observations: LeaseObservations,
    clock: Clock,
  ) {
    this.#lease = lease;
    this.#policy = policy;
    this.#observations = observations;
    this.#clock = clock;
    this.#lastCheck = this.#readClocks();
    this.#proof = { above: lease.keeper.revision - 1, seenAt: this.#lastCheck.monotonic };
  }

  /** Aborts when judging stops; undefined while the observer may not judge. */
  get judging(): AbortSignal | undefined {
    return this.#judging?.signal;
  }

  /** Whether the last watch event brought a proof; records it. */
  confirmRenewal(): boolean {
    const seen = this.#observations.revisionOf(this.#lease.key);
    if (seen <= this.#proof.above) return false;
    this.#proof = { above: seen, seenAt: this.#clock.monotonic() };
    return true;
  }

  /** Starts judging. */
  resumeJudging(): void {
    this.#judging = new AbortController();
  }

  /** Stops judging until a renewal is seen that happens after this call. */
  suspendJudging(): void {
    this.#judging?.abort();
    this.#judging = undefined;
    this.#proof = { ...this.#proof, above: this.#lease.keeper.revision };
  }

  /**
   * Why judging must stop, by what happened since the last check, `planned` ago. Undefined if it
   * may continue.
   */
  checkClocks(planned: Millis): string | undefined {
    const now = this.#readClocks();
    const lastCheck = this.#lastCheck;
    this.#lastCheck = now;
    const elapsed = now.monotonic - lastCheck.monotonic;
    if (elapsed > planned + stalledAfter) return `did not run for ${Math.round(elapsed)} ms`;
    const divergence = Math.abs(now.wall - lastCheck.wall - elapsed);
    if (divergence > stalledAfter) return `the clocks moved apart by ${Math.round(divergence)} ms`;
    if (now.monotonic - this.#proof.seenAt > blindAfter(this.#policy)) {
      return `its own ${this.#lease.label} was not seen renewed`;
    }
    return undefined;
  }

  #readClocks(): { monotonic: MonotonicTime; wall: WallTime } {
    return { monotonic: this.#clock.monotonic(), wall: this.#clock.wall() };
  }
}
