import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import { type Hash, hashEvent } from '../../domain/events/hash-chain.ts';
import { allKeys } from '../../domain/identity/registry-keys.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { Leases } from '../../ports/leases.ts';
import type { Registry } from '../../ports/registry.ts';
import { checkKeyframe, checkTouched } from './check-keyframe.ts';
import { KeyframeDecoder, readKeyframe } from './keyframes/codec.ts';
import { readSignatures, signatureOf } from './keyframes/signatures.ts';
import { RegistryCatchUp } from './registry-catch-up.ts';
import { countTruncatedChains } from './truncated-chains.ts';
import { type Checkpoint, Verifier, type VerifierNotes } from './verifier/verifier.ts';

/** What a history is compared with, each where it is there. */
export interface VerifyPorts {
  readonly registry?: Registry;
  readonly keyframes?: Keyframes;
  /** Tells who is still there from who died without a last word. */
  readonly leases?: Leases;
  readonly clock: Clock;
  readonly hash?: Hash;
}

export interface VerifyOptions {
  /** Go on from here instead of from the beginning. */
  readonly from?: Checkpoint;
  readonly onDivergence: (divergence: Divergence) => void;
  readonly onProgress?: (done: Revision, of: Revision, verifier: Verifier) => void;
  readonly signal: AbortSignal;
}

export interface VerifyReport {
  /** Where the history begins: above 1, it was trimmed. */
  readonly first: Revision;
  /** The keyframe from which a trimmed history was replayed; 0: none was needed, or none fits. */
  readonly begunFrom: Revision;
  readonly last: Revision;
  readonly events: number;
  readonly divergences: number;
  /** How many keyframes were compared with the history. */
  readonly keyframes: number;
  readonly notes: VerifierNotes & {
    /** Processes that are over and whose chain has no end: a tail that died with them. */
    readonly lostTails: number;
    /** Keyframes that no collector has signed: nothing is begun from them. */
    readonly unsigned: number;
  };
  readonly checkpoint: Checkpoint;
}

/** How long the audit may lag behind the registry: a leader that dies makes it stand still for 11 s. */
export const catchUpTimeout: Millis = seconds(20);
const lookEvery: Millis = 250;

/**
 * Replays a whole history and compares what comes out with the registry as it stands, and with the
 * keyframes on the way.
 *
 * A trimmed history holds from the first keyframe on that is signed and joins on to what is left of
 * it. Without a registry (a file) only the history itself is checked.
 * @throws {Fault} `store-unavailable`
 */
export async function verify(
  history: History,
  ports: VerifyPorts,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const verification = new Verification(history, ports, options);
  return verification.run();
}

class Verification {
  readonly #history: History;
  readonly #ports: VerifyPorts;
  readonly #hash: Hash;
  readonly #options: VerifyOptions;
  #verifier: Verifier;
  /** The state before the history's beginning is known. */
  #whole = true;
  #divergences = 0;
  #frames: ReadonlySet<Revision> = new Set();
  /** Of the keyframes that were compared, by place; signed ones are taken out. */
  readonly #unsigned = new Map<Revision, string>();
  #compared = 0;
  #begunFrom: Revision = 0;
  /** Events that were in what the verifier began with. */
  #known = 0;
  #settling: RegistryCatchUp | undefined;

  constructor(history: History, ports: VerifyPorts, options: VerifyOptions) {
    this.#history = history;
    this.#ports = ports;
    this.#hash = ports.hash ?? hashEvent;
    this.#options = options;
    this.#verifier = this.#newVerifier();
  }

  async run(): Promise<VerifyReport> {
    const { keyframes, leases } = this.#ports;
    const { first } = await this.#history.range();
    this.#frames = new Set(await keyframes?.list());
    await this.#begin(first);
    await this.#readOn();
    await this.#compareRegistry();
    const verifier = this.#verifier;
    return {
      first,
      begunFrom: this.#begunFrom,
      last: verifier.position.seq,
      events: verifier.events - this.#known,
      divergences: this.#divergences,
      keyframes: this.#compared,
      notes: {
        ...verifier.notes,
        lostTails: await countTruncatedChains(verifier, leases),
        unsigned: this.#unsigned.size,
      },
      checkpoint: verifier.checkpoint(),
    };
  }

  #newVerifier(): Verifier {
    return new Verifier(this.#say, this.#hash);
  }

  readonly #say = (divergence: Divergence): void => {
    this.#divergences += 1;
    this.#options.onDivergence(divergence);
  };

  /** From a checkpoint, from the beginning, or from the keyframe where a trimmed history holds again. */
  async #begin(first: Revision): Promise<void> {
    const { from } = this.#options;
    if (from && from.seq >= first - 1) {
      this.#verifier.resume(from);
      this.#whole = from.trimmed !== true;
    } else if (first > 1) {
      await this.#beginTrimmed(first);
    }
  }

  async #beginTrimmed(first: Revision): Promise<void> {
    this.#verifier.beginTrimmed(first);
    this.#whole = false;
    const keyframe = await this.#firstSigned(first);
    if (!keyframe) {
      if (!this.#ports.keyframes) return;
      const expected = `event 1, or a signed keyframe at ${first - 1} or after`;
      const found = `event ${first}, and no such keyframe: what was before is not known`;
      this.#say({ seq: first, entity: 'history', check: 'stream', expected, found });
      return;
    }
    const before = this.#verifier;
    await this.#readUntil(keyframe.seq);
    const after = this.#newVerifier();
    after.resume(keyframe);
    checkTouched(before, after, this.#say);
    this.#verifier = after;
    this.#whole = true;
    this.#known = keyframe.events - before.events;
    this.#begunFrom = keyframe.seq;
  }

  async #firstSigned(first: Revision): Promise<Checkpoint | undefined> {
    const { keyframes } = this.#ports;
    if (!keyframes) return undefined;
    for await (const signature of readSignatures(this.#history, first, this.#hash)) {
      if (signature.keyframe < first - 1 || !this.#frames.has(signature.keyframe)) continue;
      const keyframe = await readKeyframe(keyframes, signature, this.#hash);
      if (keyframe) return keyframe;
      this.#forged(signature.keyframe, signature.digest, 'another keyframe', signature.seq);
    }
    return undefined;
  }

  /** Reads to the end as it is now. */
  async #readOn(): Promise<void> {
    const { last } = await this.#history.range();
    if (this.#verifier.position.seq < last) await this.#readUntil(last);
  }

  async #readUntil(last: Revision): Promise<void> {
    const { signal, onProgress } = this.#options;
    if (this.#verifier.position.seq >= last) return;
    for await (const stored of this.#history.read(this.#verifier.position.seq + 1)) {
      if (signal.aborted || stored.seq > last) return;
      const recorded = parseAuditEvent(stored, this.#hash);
      const verifier = this.#verifier;
      const changed = verifier.take(recorded);
      if (changed !== undefined) this.#settling?.passed(changed);
      this.#checkSignature(recorded);
      if (this.#whole && this.#frames.has(stored.seq)) await this.#checkKeyframe(stored.seq);
      if (verifier.events % 1000 === 0) onProgress?.(stored.seq, last, verifier);
    }
  }

  async #checkKeyframe(seq: Revision): Promise<void> {
    const { keyframes } = this.#ports;
    if (!keyframes) return;
    await using reading = new KeyframeDecoder(keyframes, seq, this.#hash);
    await checkKeyframe(reading, this.#verifier, this.#say);
    this.#compared += 1;
    this.#unsigned.set(seq, reading.digest);
  }

  #checkSignature(recorded: AuditEntry | UnreadableEvent): void {
    const signature = signatureOf(recorded);
    if (!signature) return;
    const { keyframe, digest, seq } = signature;
    const found = this.#unsigned.get(keyframe);
    if (found === undefined) return;
    if (found === digest) this.#unsigned.delete(keyframe);
    else this.#forged(keyframe, digest, found, seq);
  }

  #forged(keyframe: Revision, expected: string, found: string, seq: Revision): void {
    this.#say({ seq, entity: `keyframe ${keyframe}`, check: 'keyframe', expected, found });
  }

  /** Lists the registry once, and reads on until the history has come by all that was listed. */
  async #compareRegistry(): Promise<void> {
    const { registry, clock } = this.#ports;
    const { signal } = this.#options;
    if (!registry || signal.aborted) return;
    const until = clock.monotonic() + catchUpTimeout;
    const listed = await registry.list([allKeys], 0);
    const settling = new RegistryCatchUp(this.#verifier.records, listed, this.#whole);
    this.#settling = settling;
    await this.#readOn();
    while (!settling.settled && clock.monotonic() < until && !signal.aborted) {
      await clock.sleep(lookEvery, signal);
      await this.#readOn();
    }
    if (!signal.aborted) for (const divergence of settling.divergences()) this.#say(divergence);
  }
}
