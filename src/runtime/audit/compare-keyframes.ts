import type { AuditEntry, UnreadableEvent } from '../../domain/events/audit-entry.ts';
import type { Hash } from '../../domain/events/hash-chain.ts';
import type { CheckSignature } from '../../domain/events/signature.ts';
import type { Divergence } from '../../domain/replay/divergence.ts';
import { canContinueFrom } from '../../domain/store-history/loss-timeline.ts';
import type { StoreLoss } from '../../domain/store-history/store-loss.ts';
import type { Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import { checkKeyframe } from './check-keyframe.ts';
import { KeyframeDecoder, readKeyframe } from './keyframes/codec.ts';
import { readSignatures, signatureOf } from './keyframes/signed-keyframes.ts';
import type { Checkpoint } from './verifier/checkpoint.ts';
import type { Verifier } from './verifier/verifier.ts';

/** Compares the keyframes on the way with the history, and with what collectors signed. */
export class KeyframeComparison {
  readonly #keyframes: Keyframes;
  readonly #hash: Hash;
  readonly #checkSignature: CheckSignature | undefined;
  readonly #report: (divergence: Divergence) => void;
  readonly #sequences: ReadonlySet<Revision>;
  /** Digests of the compared keyframes without a signature yet, by sequence. */
  readonly #unsigned = new Map<Revision, string>();
  /** Keyframes that only events without a signature of their own sign. */
  readonly #weaklySigned = new Set<Revision>();
  #compared = 0;

  constructor(
    keyframes: Keyframes,
    sequences: readonly Revision[],
    { hash, check }: { readonly hash: Hash; readonly check: CheckSignature | undefined },
    report: (divergence: Divergence) => void,
  ) {
    this.#keyframes = keyframes;
    this.#sequences = new Set(sequences);
    this.#hash = hash;
    this.#checkSignature = check;
    this.#report = report;
  }

  /** Number of compared keyframes. */
  get compared(): number {
    return this.#compared;
  }

  /** Number of compared keyframes that no collector signed. */
  get unsigned(): number {
    return this.#unsigned.size;
  }

  /** Number of keyframes that collectors of older versions signed. Any user could have written such a signature. */
  get weaklySigned(): number {
    return this.#weaklySigned.size;
  }

  /** The first signed keyframe that joins on to a history that begins with this event. */
  async firstSigned(
    history: History,
    first: Revision,
    losses: readonly StoreLoss[],
  ): Promise<Checkpoint | undefined> {
    for await (const signature of readSignatures(
      history,
      first,
      this.#hash,
      this.#checkSignature,
    )) {
      const { keyframe, digest, seq } = signature;
      if (keyframe < first - 1 || !this.#sequences.has(keyframe)) continue;
      const checkpoint = await readKeyframe(this.#keyframes, signature, this.#hash);
      if (checkpoint && !canContinueFrom(checkpoint, losses)) continue;
      if (checkpoint) return checkpoint;
      this.#reportForged(keyframe, digest, 'another keyframe', seq);
    }
    return undefined;
  }

  /** The signed keyframe at this position, for a history that has a gap before; undefined: none. */
  async signedAt(
    history: History,
    seq: Revision,
    losses: readonly StoreLoss[],
  ): Promise<Checkpoint | undefined> {
    if (!this.#sequences.has(seq)) return undefined;
    const [hash, check] = [this.#hash, this.#checkSignature];
    for await (const signature of readSignatures(history, seq + 1, hash, check)) {
      if (signature.keyframe !== seq) continue;
      const checkpoint = await readKeyframe(this.#keyframes, signature, hash);
      if (!checkpoint) this.#reportForged(seq, signature.digest, 'another keyframe', signature.seq);
      else if (canContinueFrom(checkpoint, losses)) return checkpoint;
    }
    return undefined;
  }

  /** Compares the keyframe at the position of the verifier, if there is one. */
  async compare(seq: Revision, verifier: Verifier): Promise<void> {
    if (!this.#sequences.has(seq)) return;
    await using decoder = new KeyframeDecoder(this.#keyframes, seq, this.#hash);
    await checkKeyframe(decoder, verifier, this.#report);
    this.#compared += 1;
    this.#unsigned.set(seq, decoder.digest);
  }

  /** Notes the signature of a keyframe, if the event has one. */
  take(recorded: AuditEntry | UnreadableEvent): void {
    const signature = signatureOf(recorded, this.#checkSignature, this.#hash);
    if (!signature) return;
    const { keyframe, digest, seq, isWeak } = signature;
    const found = this.#unsigned.get(keyframe);
    if (!isWeak) this.#weaklySigned.delete(keyframe);
    if (found === undefined) return;
    if (found !== digest) {
      this.#reportForged(keyframe, digest, found, seq);
      return;
    }
    this.#unsigned.delete(keyframe);
    if (isWeak) this.#weaklySigned.add(keyframe);
  }

  #reportForged(keyframe: Revision, expected: string, found: string, seq: Revision): void {
    this.#report({ seq, entity: `keyframe ${keyframe}`, check: 'keyframe', expected, found });
  }
}
