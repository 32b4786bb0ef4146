import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
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
import { type Checkpoint, Verifier } from '../verifier/verifier.ts';
import { KeyframeDecoder, KeyframeEncoder, readKeyframe } from './codec.ts';
import { latestSignedKeyframe } from './latest-keyframe.ts';
import { RetentionEnforcer } from './retention-enforcer.ts';
import { type Signature, signatureOf } from './signatures.ts';

/** One after so many events, or after as many as the last one has lines, if those are more. */
const keyframeEvery = 10_000;
/** At the latest after so long, where there was any event; and no signature becomes older. */
const signedEvery: Millis = hours(24);
const lookEvery: Millis = minutes(1);
/** Whoever has just sat down has other work first. */
const firstLookAfter: Millis = seconds(10);
/** How long renewals and sweeps wait for a slice of the work. */
const sliceLength: Millis = 5;
/** A history that diverges, or that we may not keep, does not mend: it is not verified all the time. */
const refusedFor: Millis = hours(1);

type KeyframerPorts = Pick<Ports, 'audit' | 'registry' | 'keyframes' | 'clock' | 'log' | 'hash'>;

/** A keyframe that stands as it was signed, and how many lines it has. */
interface Last {
  readonly signed: Pick<Signature, 'keyframe' | 'digest'>;
  readonly at: WallTime;
  readonly lines: number;
}

/**
 * Makes keyframes: verifies the history from the last one on, keeps where it stands, and has it signed
 * in the history itself. A history that diverges gets none: what is signed was verified. As much of it
 * is kept as the policy says.
 */
export class KeyframeWriter {
  readonly #ports: KeyframerPorts;
  readonly #sign: (keyframe: Revision, digest: string) => boolean;
  readonly #every: number;
  readonly #limits: RetentionEnforcer;
  #last: Last | undefined;
  /** When the first event of all was stored, while there is no keyframe. */
  #begunAt: WallTime | undefined;
  /** Kept and not signed: the collector's machine had no such transition just then. */
  #unsigned: Last | undefined;
  #notBefore: MonotonicTime = 0;

  /** `sign`: says the keyframe's place and digest in the collector's own chain, and whether it could. */
  constructor(
    ports: KeyframerPorts,
    sign: (keyframe: Revision, digest: string) => boolean,
    every = keyframeEvery,
  ) {
    this.#ports = ports;
    this.#sign = sign;
    this.#every = every;
    this.#limits = new RetentionEnforcer(ports);
  }

  /** Looks now and then whether one is due, until the signal; one of all that sit is enough for it. */
  async run(leads: () => boolean, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    await clock.sleep(firstLookAfter, signal);
    while (!signal.aborted) {
      try {
        if (leads()) await this.look(signal);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        log.debug('keyframe-not-made', { why: error.message });
      }
      try {
        if (leads()) await this.limit();
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        log.debug('history-not-limited', { why: error.message });
      }
      await clock.sleep(lookEvery, signal);
    }
  }

  /** Makes one, or signs the last one again, if it is due. @throws {Fault} `store-unavailable` */
  async look(signal: AbortSignal): Promise<void> {
    const { audit, clock } = this.#ports;
    if (this.#unsigned) this.#haveSigned(this.#unsigned);
    if (this.#unsigned || clock.monotonic() < this.#notBefore) return;
    const { first, last } = await audit.range();
    this.#last ??= await this.#findLast();
    const since = last - (this.#last?.signed.keyframe ?? first - 1);
    if (since <= 0 && !this.#last) return;
    if (since >= Math.max(this.#every, this.#last?.lines ?? 0)) return this.#make(first, signal);
    this.#begunAt ??= this.#last?.at ?? (await this.#firstStoredAt());
    if (clock.wall() - (this.#last?.at ?? this.#begunAt) < signedEvery) return;
    if (this.#last && !(await this.#isNewSince(this.#last))) this.#haveSigned(this.#last);
    else await this.#make(first, signal);
  }

  /** Has as much of the history kept as the policy says. @throws {Fault} `store-unavailable` */
  limit(): Promise<void> {
    return this.#limits.keep(this.#last?.signed.keyframe ?? 0);
  }

  async #firstStoredAt(): Promise<WallTime> {
    for await (const { storedAt } of this.#ports.audit.read(0)) return storedAt;
    return this.#ports.clock.wall();
  }

  async #findLast(): Promise<Last | undefined> {
    const last = await latestSignedKeyframe(this.#ports);
    return (
      last && { signed: last.signature, at: last.signature.at, lines: linesIn(last.checkpoint) }
    );
  }

  /** Whether anything but signatures was written since. */
  async #isNewSince({ signed }: Last): Promise<boolean> {
    const { audit, hash } = this.#ports;
    for await (const stored of audit.read(signed.keyframe + 1)) {
      if (!signatureOf(parseAuditEvent(stored, hash))) return true;
    }
    return false;
  }

  async #make(first: Revision, signal: AbortSignal): Promise<void> {
    const { keyframes, log, hash } = this.#ports;
    const divergences: Divergence[] = [];
    const verifier = new Verifier((divergence) => {
      // The registry was changed by hand, once: the history itself is whole, and so is what it comes to.
      if (divergence.check !== 'end') divergences.push(divergence);
    }, hash);
    const start = this.#last && (await readKeyframe(keyframes, this.#last.signed, hash));
    if (start) verifier.resume(start);
    const reaches = verifier.position.seq >= first - 1;
    if (reaches && !(await this.#verifyOn(verifier, () => divergences.length > 0, signal))) return;
    const [divergence] = divergences;
    if (!reaches || divergence) {
      const why = divergence ?? `the history begins at ${first}, and no keyframe joins on to it`;
      return this.#refuse(why);
    }
    const made = await this.#keep(verifier).catch((cause: unknown) => {
      // We may not write there: to verify all of it again every minute would not help.
      if (!(cause instanceof Fault) || cause.code !== 'store-refused') throw cause;
      return this.#refuse(cause.message);
    });
    if (!made) return;
    this.#haveSigned(made);
    log.info('keyframe-kept', { seq: made.signed.keyframe, lines: made.lines });
    await this.#dropUnneeded(first);
  }

  /** What stands in the way does not mend by itself. */
  #refuse(why: string | Divergence): void {
    const { clock, log } = this.#ports;
    this.#notBefore = clock.monotonic() + refusedFor;
    this.#last = undefined;
    log.warn('keyframe-refused', { why });
  }

  /** Takes in what the history has now; `false` where it was told to stop. */
  async #verifyOn(
    verifier: Verifier,
    enough: () => boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { audit, clock, hash } = this.#ports;
    let began = clock.monotonic();
    for await (const stored of audit.read(verifier.position.seq + 1)) {
      verifier.take(parseAuditEvent(stored, hash));
      if (enough()) return true;
      if (clock.monotonic() - began < sliceLength) continue;
      await clock.sleep(0, signal);
      began = clock.monotonic();
      if (signal.aborted) return false;
    }
    return true;
  }

  /** Undefined where another one stands there: it goes, and the next look makes ours. */
  async #keep(verifier: Verifier): Promise<Last | undefined> {
    const { keyframes, clock, log, hash } = this.#ports;
    const { seq } = verifier.position;
    const text = new KeyframeEncoder(verifier, hash);
    const put = await keyframes.put(seq, text.pieces());
    if (put === 'already' && (await this.#digestAt(seq)) !== text.digest) {
      log.warn('keyframe-replaced', { seq, why: 'another one stood there, signed by nobody' });
      await keyframes.drop(seq);
      return undefined;
    }
    const signed = { keyframe: seq, digest: text.digest };
    return { signed, at: clock.wall(), lines: text.lines };
  }

  async #digestAt(seq: Revision): Promise<string | undefined> {
    const { keyframes, hash } = this.#ports;
    await using reading = new KeyframeDecoder(keyframes, seq, hash);
    try {
      for await (const _ of reading.lines(await reading.head()));
      return reading.digest;
    } catch (cause) {
      if (!(cause instanceof Fault) || cause.code === 'store-unavailable') throw cause;
      return undefined;
    }
  }

  #haveSigned(made: Last): void {
    const { keyframe, digest } = made.signed;
    const signed = this.#sign(keyframe, digest);
    this.#unsigned = signed ? undefined : made;
    if (signed) this.#last = { ...made, at: this.#ports.clock.wall() };
  }

  /** Those from before the history begins: nothing joins on to them any more. */
  async #dropUnneeded(first: Revision): Promise<void> {
    const { keyframes } = this.#ports;
    for (const seq of await keyframes.list()) if (seq < first - 1) await keyframes.drop(seq);
  }
}

const linesIn = ({ chains, predecessors, records }: Checkpoint): number =>
  chains.open.length +
  chains.loose.length +
  chains.ended.length +
  chains.forgetful.length +
  predecessors.length +
  records.length;
