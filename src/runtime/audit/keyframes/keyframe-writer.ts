import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import { canContinueFrom } from '../../../domain/store-history/loss-timeline.ts';
import type { StoreLoss } from '../../../domain/store-history/store-loss.ts';
import {
  hours,
  type Millis,
  type MonotonicTime,
  minutes,
  type Revision,
  seconds,
  type WallTime,
} from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import { readKnownLosses } from '../verifier/recorded-losses.ts';
import { type KeyframeDigest, readKeyframe } from './codec.ts';
import { dropLostKeyframes, latestGap } from './gap-watch.ts';
import { RetentionEnforcer } from './retention-enforcer.ts';
import { latestSignedKeyframe, signatureOf } from './signed-keyframes.ts';
import { keyframeLines, storeKeyframe } from './store-keyframe.ts';
import { verifiedState } from './verified-state.ts';

/**
 * A keyframe is due after this many events, or after as many as the last one has lines, if those
 * are more.
 */
const keyframeEvery = 10_000;
/** A keyframe is also due after this time, if there was any event; no signature gets older. */
const signEvery: Millis = hours(24);
const checkEvery: Millis = minutes(1);
/** A collector with a new seat has more urgent work first. */
const firstCheckAfter: Millis = seconds(10);
/**
 * A divergent history, or a missing permission to write, remains: it is not verified again before
 * this.
 */
const retryAfterRefusal: Millis = hours(1);

type KeyframeWriterPorts = Pick<
  Ports,
  'audit' | 'registry' | 'keyframes' | 'clock' | 'serverTime' | 'log' | 'hash' | 'signatures'
>;

/** A signed keyframe and its number of lines. */
interface SignedState {
  readonly signed: KeyframeDigest;
  readonly at: WallTime;
  readonly lines: number;
}

/**
 * Writes keyframes: verifies the history from the last keyframe on, stores the state, and signs it
 * in the history itself. A divergent history gets no keyframe: what is signed was verified. Right after a
 * recorded gap of the audit it makes one whose state comes from the registry. Also enforces the retention
 * of the policy.
 */
export class KeyframeWriter {
  readonly #ports: KeyframeWriterPorts;
  readonly #sign: (keyframe: Revision, digest: string) => boolean;
  readonly #every: number;
  readonly #limits: RetentionEnforcer;
  #last: SignedState | undefined;
  /** When the first event was stored, while there is no keyframe. */
  #firstEventAt: WallTime | undefined;
  /** Stored but not signed: the state machine had no such transition at that time. */
  #unsigned: SignedState | undefined;
  #notBefore: MonotonicTime = 0;
  /** The event that records the last gap of the audit that this writer has seen. */
  #gapAt: Revision | undefined;
  /** The server's time at the present check: the last signature may be of a host with another clock. */
  #now: WallTime = 0;

  /**
   * `sign`: records the sequence and digest of a keyframe in the chain of the collector; returns
   * whether it could.
   */
  constructor(
    ports: KeyframeWriterPorts,
    sign: (keyframe: Revision, digest: string) => boolean,
    every = keyframeEvery,
  ) {
    this.#ports = ports;
    this.#sign = sign;
    this.#every = every;
    this.#limits = new RetentionEnforcer(ports);
  }

  /**
   * Checks regularly whether a keyframe is due, until the signal. Only the leader of the seats does
   * this.
   */
  async run(isLeader: () => boolean, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    await clock.sleep(firstCheckAfter, signal);
    while (!signal.aborted) {
      try {
        if (isLeader()) await this.look(signal);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        log.debug('keyframe-not-made', { why: error.message });
      }
      try {
        if (isLeader()) await this.limit();
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        log.debug('history-not-limited', { why: error.message });
      }
      await clock.sleep(checkEvery, signal);
    }
  }

  /** Writes a keyframe, or signs the last one again, if due. @throws {Fault} `store-unavailable` */
  async look(signal: AbortSignal): Promise<void> {
    const { audit, clock, serverTime } = this.#ports;
    this.#now = await serverTime.now();
    const gap = await latestGap(this.#ports);
    if (gap === 'unrecorded') return this.#forget();
    if (gap && gap.recordedAt !== this.#gapAt) {
      this.#forget();
      await dropLostKeyframes(this.#ports, gap);
      this.#gapAt = gap.recordedAt;
    }
    if (this.#unsigned) this.#signState(this.#unsigned);
    if (this.#unsigned || clock.monotonic() < this.#notBefore) return;
    const { first, last } = await audit.range();
    this.#last ??= await this.#findLast();
    const keyframe = this.#last?.signed.keyframe ?? first - 1;
    if (gap && keyframe < gap.recordedAt) return this.#make(first, signal);
    const since = last - keyframe;
    if (since <= 0 && !this.#last) return;
    if (since >= Math.max(this.#every, this.#last?.lines ?? 0)) return this.#make(first, signal);
    this.#firstEventAt ??= this.#last?.at ?? (await this.#firstStoredAt());
    if (this.#now - (this.#last?.at ?? this.#firstEventAt) < signEvery) return;
    if (this.#last && !(await this.#isNewSince(this.#last))) this.#signState(this.#last);
    else await this.#make(first, signal);
  }

  /** Enforces the retention of the policy. @throws {Fault} `store-unavailable` */
  limit(): Promise<void> {
    return this.#limits.keep(this.#last?.signed.keyframe ?? 0);
  }

  async #firstStoredAt(): Promise<WallTime> {
    for await (const { storedAt } of this.#ports.audit.read(0)) return storedAt;
    return this.#now;
  }

  async #findLast(): Promise<SignedState | undefined> {
    const last = await latestSignedKeyframe(this.#ports);
    return (
      last && {
        signed: last.signature,
        at: last.signature.at,
        lines: keyframeLines(last.checkpoint),
      }
    );
  }

  /** Whether anything except signatures was written since. */
  async #isNewSince({ signed }: SignedState): Promise<boolean> {
    const { audit, hash } = this.#ports;
    for await (const stored of audit.read(signed.keyframe + 1)) {
      if (!signatureOf(parseAuditEvent(stored, hash))) return true;
    }
    return false;
  }

  async #make(first: Revision, signal: AbortSignal): Promise<void> {
    const { audit, log, hash } = this.#ports;
    const { all: losses } = await readKnownLosses(audit, audit, hash);
    const start = await this.#startFor(losses);
    const state = await verifiedState(this.#ports, { start, first, losses }, signal);
    if (!state) return;
    if (typeof state === 'string' || !('verifier' in state)) return this.#refuse(state);
    const { verifier, source } = state;
    const stored = await storeKeyframe(verifier, this.#ports, source).catch((cause: unknown) => {
      // Writing is not permitted: verifying everything again every minute would not help.
      if (!(cause instanceof Fault) || cause.code !== 'store-refused') throw cause;
      return this.#refuse(cause.message);
    });
    if (!stored) return;
    this.#signState({ ...stored, at: this.#now });
    const { signed, lines } = stored;
    log.info('keyframe-kept', { seq: signed.keyframe, lines, ...(source && { source }) });
    await this.#dropUnneeded(first);
  }

  /** The last signed keyframe; an earlier one if a loss of the store has undone that. */
  async #startFor(losses: readonly StoreLoss[]): Promise<Checkpoint | undefined> {
    const { keyframes, hash } = this.#ports;
    const last = this.#last && (await readKeyframe(keyframes, this.#last.signed, hash));
    if (!last || canContinueFrom(last, losses)) return last;
    return (await latestSignedKeyframe(this.#ports, losses))?.checkpoint;
  }

  /** The audit lost events: what was known about keyframes and signatures is of another history. */
  #forget(): void {
    this.#last = undefined;
    this.#unsigned = undefined;
    this.#firstEventAt = undefined;
    this.#notBefore = 0;
  }

  /** The obstacle remains, so the next attempt is much later. */
  #refuse(why: string | Divergence): void {
    const { clock, log } = this.#ports;
    this.#notBefore = clock.monotonic() + retryAfterRefusal;
    this.#last = undefined;
    log.warn('keyframe-refused', { why });
  }

  #signState(state: SignedState): void {
    const { keyframe, digest } = state.signed;
    const signed = this.#sign(keyframe, digest);
    this.#unsigned = signed ? undefined : state;
    if (signed) this.#last = { ...state, at: this.#now };
  }

  /** Removes keyframes from before the first event of the history: no event connects to them. */
  async #dropUnneeded(first: Revision): Promise<void> {
    const { keyframes } = this.#ports;
    for (const seq of await keyframes.list()) if (seq < first - 1) await keyframes.drop(seq);
  }
}
