import {
  blindAfter,
  type LeasePolicy,
  viewBlindAfter,
} from '../../../domain/policy/lease-policy.ts';
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

/** The watch of the registry: the time since it last received something, and why it receives nothing. */
export interface RegistrySight {
  readonly age: Millis | undefined;
  readonly trouble: string | undefined;
}

/**
 * Whether an observer may judge (G6).
 *
 * Sight is judged for each watch. The proof that the watch of the leases works is the renewal of its own
 * lease, returned through it; the proof that the watch of the registry works is its age. Without both,
 * after a stall, or after the two clocks diverged, it judges no run until the next proof.
 */
export class ObserverHealth {
  readonly #lease: ProofLease;
  readonly #policy: LeasePolicy;
  readonly #observations: LeaseObservations;
  readonly #registry: RegistrySight;
  readonly #clock: Clock;
  #judging: AbortController | undefined;
  #blindSince: MonotonicTime;
  /** Why it last stopped judging. */
  #blindBecause = 'it has seen nothing yet';
  /** A renewal above this revision is proof; `seenAt`: when the last proof came. */
  #proof: { above: Revision; seenAt: MonotonicTime };
  #lastCheck: { monotonic: MonotonicTime; wall: WallTime };

  /** Create it after the lease is acquired. */
  constructor(
    lease: ProofLease,
    policy: LeasePolicy,
    observations: LeaseObservations,
    registry: RegistrySight,
    clock: Clock,
  ) {
    this.#lease = lease;
    this.#policy = policy;
    this.#observations = observations;
    this.#registry = registry;
    this.#clock = clock;
    this.#lastCheck = this.#readClocks();
    this.#blindSince = this.#lastCheck.monotonic;
    this.#proof = { above: lease.keeper.revision - 1, seenAt: this.#lastCheck.monotonic };
  }

  /** Aborts when judging stops; undefined while the observer may not judge. */
  get judging(): AbortSignal | undefined {
    return this.#judging?.signal;
  }

  /** How long it has been blind; 0 while it may judge. */
  get blindFor(): Millis {
    return this.#judging ? 0 : this.#clock.monotonic() - this.#blindSince;
  }

  /** Whether a collector gives up its seat: another one may see what this one does not. */
  get mustGiveUpSeat(): boolean {
    return this.blindFor > this.#policy.ttl;
  }

  /** Why it is blind: the watch that receives nothing now, or else why it last stopped judging. */
  get blindBecause(): string {
    return this.#blindWatch() ?? this.#blindBecause;
  }

  /** Whether its view of the registry is current. */
  get seesRegistry(): boolean {
    const { age } = this.#registry;
    return age !== undefined && age <= viewBlindAfter(this.#policy);
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
    if (this.#judging) this.#blindSince = this.#clock.monotonic();
    this.#judging?.abort();
    this.#judging = undefined;
    this.#proof = { ...this.#proof, above: this.#lease.keeper.revision };
  }

  /**
   * Why judging must stop, by what happened since the last check, `planned` ago. Undefined if it
   * may continue.
   */
  check(planned: Millis): string | undefined {
    const trouble = this.#stallSince(planned) ?? this.#blindWatch();
    if (trouble !== undefined && this.#judging) this.#blindBecause = trouble;
    return trouble;
  }

  #stallSince(planned: Millis): string | undefined {
    const now = this.#readClocks();
    const lastCheck = this.#lastCheck;
    this.#lastCheck = now;
    const elapsed = now.monotonic - lastCheck.monotonic;
    if (elapsed > planned + stalledAfter) return `did not run for ${Math.round(elapsed)} ms`;
    const divergence = Math.abs(now.wall - lastCheck.wall - elapsed);
    if (divergence > stalledAfter) return `the clocks moved apart by ${Math.round(divergence)} ms`;
    return undefined;
  }

  /** The watch that does not work, with the reason. */
  #blindWatch(): string | undefined {
    if (this.#clock.monotonic() - this.#proof.seenAt > blindAfter(this.#policy)) {
      return because(
        `its own ${this.#lease.label} was not seen renewed by the watch of the leases`,
        this.#observations.trouble,
      );
    }
    if (this.seesRegistry) return undefined;
    const { age, trouble } = this.#registry;
    const since = age === undefined ? '' : ` for ${Math.round(age / 100) / 10} s`;
    return because(`the watch of the registry received nothing${since}`, trouble);
  }

  #readClocks(): { monotonic: MonotonicTime; wall: WallTime } {
    return { monotonic: this.#clock.monotonic(), wall: this.#clock.wall() };
  }
}

const because = (what: string, why: string | undefined): string =>
  why === undefined ? what : `${what}: ${why}`;
