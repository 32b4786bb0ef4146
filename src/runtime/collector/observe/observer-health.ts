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

/** A look that comes so much later than planned means that this process did not run. */
const stalledAfter: Millis = seconds(1);

/** The lease by which an observer sees, and what it is called. */
export interface ProofLease {
  readonly key: string;
  readonly keeper: Pick<LeaseKeeper, 'revision'>;
  readonly label: 'seat' | 'lease';
}

/**
 * Whether an observer sees (G6).
 *
 * Sight has one proof: the renewal of a lease of its own, come back through its own watch. Without it,
 * after a stall, or when the two clocks moved apart, it judges nobody until that proof comes again.
 */
export class ObserverHealth {
  readonly #own: ProofLease;
  readonly #policy: LeasePolicy;
  readonly #sightings: LeaseObservations;
  readonly #clock: Clock;
  #judging: AbortController | undefined;
  /** The revision of its lease above which a renewal is proof, and when the last proof came. */
  #proof: { above: Revision; seenAt: MonotonicTime };
  #before: { monotonic: MonotonicTime; wall: WallTime };

  /** From when its lease is held. */
  constructor(own: ProofLease, policy: LeasePolicy, sightings: LeaseObservations, clock: Clock) {
    this.#own = own;
    this.#policy = policy;
    this.#sightings = sightings;
    this.#clock = clock;
    this.#before = this.#now();
    this.#proof = { above: own.keeper.revision - 1, seenAt: this.#before.monotonic };
  }

  /** Lasts while it judges; undefined: it does not. */
  get judging(): AbortSignal | undefined {
    return this.#judging?.signal;
  }

  /** Whether proof has come with what its watch said last. */
  confirmRenewal(): boolean {
    const seen = this.#sightings.revisionOf(this.#own.key);
    if (seen <= this.#proof.above) return false;
    this.#proof = { above: seen, seenAt: this.#clock.monotonic() };
    return true;
  }

  /** It judges from now on. */
  resumeJudging(): void {
    this.#judging = new AbortController();
  }

  /** Nothing is judged until the next renewal, one that comes after this moment, was seen. */
  suspendJudging(): void {
    this.#judging?.abort();
    this.#judging = undefined;
    this.#proof = { ...this.#proof, above: this.#own.keeper.revision };
  }

  /** Why it may not judge on, by what happened since this was last asked, `planned` ago. */
  checkClocks(planned: Millis): string | undefined {
    const now = this.#now();
    const before = this.#before;
    this.#before = now;
    const ran = now.monotonic - before.monotonic;
    if (ran > planned + stalledAfter) return `did not run for ${Math.round(ran)} ms`;
    const apart = Math.abs(now.wall - before.wall - ran);
    if (apart > stalledAfter) return `the clocks moved apart by ${Math.round(apart)} ms`;
    if (now.monotonic - this.#proof.seenAt > blindAfter(this.#policy)) {
      return `its own ${this.#own.label} was not seen renewed`;
    }
    return undefined;
  }

  #now(): { monotonic: MonotonicTime; wall: WallTime } {
    return { monotonic: this.#clock.monotonic(), wall: this.#clock.wall() };
  }
}
