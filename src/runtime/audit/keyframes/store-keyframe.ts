import { Fault } from '../../../domain/fault.ts';
import type { RegistrySource } from '../../../domain/replay/keyframe-format.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import type { Verifier } from '../verifier/verifier.ts';
import { KeyframeDecoder, type KeyframeDigest, KeyframeEncoder } from './codec.ts';

/** A stored keyframe and its number of lines. */
interface StoredKeyframe {
  readonly signed: KeyframeDigest;
  readonly lines: number;
}

/**
 * Stores the state of a verifier as a keyframe. Undefined if another keyframe has its sequence: that one is
 * removed, because no collector has signed it, and the next check writes ours.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function storeKeyframe(
  verifier: Verifier,
  ports: Pick<Ports, 'keyframes' | 'log' | 'hash'>,
  source?: RegistrySource,
): Promise<StoredKeyframe | undefined> {
  const { keyframes, log, hash } = ports;
  const { seq } = verifier.position;
  const text = new KeyframeEncoder(verifier, hash, source);
  const put = await keyframes.put(seq, text.pieces());
  if (put === 'already' && (await digestAt(seq, ports)) !== text.digest) {
    log.warn('keyframe-replaced', { seq, why: 'an unsigned keyframe had the same sequence' });
    await keyframes.drop(seq);
    return undefined;
  }
  return { signed: { keyframe: seq, digest: text.digest }, lines: text.lines };
}

/** The digest of the keyframe that is stored at a sequence; undefined: it cannot be read. */
async function digestAt(
  seq: Revision,
  { keyframes, hash }: Pick<Ports, 'keyframes' | 'hash'>,
): Promise<string | undefined> {
  await using decoder = new KeyframeDecoder(keyframes, seq, hash);
  try {
    for await (const _ of decoder.lines(await decoder.head()));
    return decoder.digest;
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === 'store-unavailable') throw cause;
    return undefined;
  }
}

/** The number of lines of the keyframe that holds a checkpoint. */
export const keyframeLines = ({ chains, predecessors, records }: Checkpoint): number =>
  chains.open.length +
  chains.loose.length +
  chains.ended.length +
  chains.forgetful.length +
  predecessors.length +
  records.length;
