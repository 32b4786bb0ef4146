import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../../domain/events/audit-entry.ts';
import { type Hash, hashEvent } from '../../../domain/events/hash-chain.ts';
import { type CheckSignature, isSignedBy } from '../../../domain/events/signature.ts';
import { canContinueFrom } from '../../../domain/store-history/loss-timeline.ts';
import type { StoreLoss } from '../../../domain/store-history/store-loss.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { History } from '../../../ports/audit.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import { type KeyframeDigest, readKeyframe } from './codec.ts';

/** The signature of a collector in the history itself: it has verified this keyframe. */
export interface Signature extends KeyframeDigest {
  /** Sequence and time of the signature; always after the keyframe. */
  readonly seq: Revision;
  readonly at: WallTime;
  /** The event has no signature of its own. A collector of an older version wrote it, or any other user. */
  readonly isWeak: boolean;
}

/** Only chains of collectors: a very small part of a history. */
const collectors = '*.*.*.collector.*';

/**
 * The signature in an event, which is itself signed with the key of the collector; undefined for any other
 * event, and for one whose signature does not fit.
 */
export function signatureOf(
  recorded: AuditEntry | UnreadableEvent,
  check?: CheckSignature,
  hash: Hash = hashEvent,
): Signature | undefined {
  if (recorded.kind === 'illegible') return undefined;
  const { event, seq, storedAt: at } = recorded;
  const { type, seq: keyframe, digest } = event.event;
  if (event.of.entity !== 'collector' || type !== 'kept') return undefined;
  if (typeof keyframe !== 'number' || typeof digest !== 'string') return undefined;
  const isWeak = event.sig === undefined && event.key === undefined;
  if (!isWeak && !isSignedBy(recorded, check, hash)) return undefined;
  return { keyframe, digest, seq, at, isWeak };
}

/** All signatures of a history from `from` on, in order. @throws {Fault} `store-unavailable` */
export async function* readSignatures(
  history: Pick<History, 'read'>,
  from: Revision,
  hash?: Hash,
  check?: CheckSignature,
): AsyncGenerator<Signature, void, undefined> {
  for await (const stored of history.read(from, [collectors])) {
    const signature = signatureOf(parseAuditEvent(stored, hash), check, hash);
    if (signature) yield signature;
  }
}

/** A signed keyframe with its latest signature. */
export interface SignedKeyframe {
  readonly signature: Signature;
  readonly checkpoint: Checkpoint;
}

/**
 * The latest keyframe that matches a signature, and that no loss of the store has undone.
 * @throws {Fault} `store-unavailable`
 */
export async function latestSignedKeyframe(
  {
    audit,
    keyframes,
    hash,
    signatures: { check },
  }: Pick<Ports, 'audit' | 'keyframes' | 'hash' | 'signatures'>,
  losses: readonly StoreLoss[] = [],
): Promise<SignedKeyframe | undefined> {
  for (const seq of (await keyframes.list()).toReversed()) {
    const signatures = new Map<string, Signature>();
    for await (const signature of readSignatures(audit, seq + 1, hash, check)) {
      if (signature.keyframe === seq) signatures.set(signature.digest, signature);
    }
    for (const signature of signatures.values()) {
      const checkpoint = await readKeyframe(keyframes, signature, hash);
      if (checkpoint && canContinueFrom(checkpoint, losses)) return { signature, checkpoint };
    }
  }
  return undefined;
}
