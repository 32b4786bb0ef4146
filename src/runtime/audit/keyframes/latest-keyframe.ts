import type { Ports } from '../../../ports/ports.ts';
import type { Checkpoint } from '../verifier/verifier.ts';
import { readKeyframe } from './codec.ts';
import { readSignatures, type Signature } from './signatures.ts';

/** A signed keyframe with its latest signature. */
export interface SignedKeyframe {
  readonly signature: Signature;
  readonly checkpoint: Checkpoint;
}

/** The latest keyframe that matches a signature. @throws {Fault} `store-unavailable` */
export async function latestSignedKeyframe({
  audit,
  keyframes,
  hash,
}: Pick<Ports, 'audit' | 'keyframes' | 'hash'>): Promise<SignedKeyframe | undefined> {
  for (const seq of (await keyframes.list()).toReversed()) {
    const signatures = new Map<string, Signature>();
    for await (const signature of readSignatures(audit, seq + 1, hash)) {
      if (signature.keyframe === seq) signatures.set(signature.digest, signature);
    }
    for (const signature of signatures.values()) {
      const kept = await readKeyframe(keyframes, signature, hash);
      if (kept) return { signature, checkpoint: kept };
    }
  }
  return undefined;
}
