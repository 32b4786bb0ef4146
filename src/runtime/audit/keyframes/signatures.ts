import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../../domain/events/audit-entry.ts';
import type { Hash } from '../../../domain/events/hash-chain.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { History } from '../../../ports/audit.ts';

/** The signature of a collector in the history itself: it has verified this keyframe. */
export interface Signature {
  /** The sequence of the keyframe. */
  readonly keyframe: Revision;
  /** The digest of the text of the keyframe. */
  readonly digest: string;
  /** Sequence and time of the signature; always after the keyframe. */
  readonly seq: Revision;
  readonly at: WallTime;
}

/** Only chains of collectors: a very small part of a history. */
const collectors = '*.*.*.collector.*';

/** The signature in an event; undefined for any other event. */
export function signatureOf(recorded: AuditEntry | UnreadableEvent): Signature | undefined {
  if (recorded.kind === 'illegible') return undefined;
  const { event, seq, storedAt: at } = recorded;
  const { type, seq: keyframe, digest } = event.event;
  if (event.of.entity !== 'collector' || type !== 'kept') return undefined;
  if (typeof keyframe !== 'number' || typeof digest !== 'string') return undefined;
  return { keyframe, digest, seq, at };
}

/** All signatures of a history from `from` on, in order. @throws {Fault} `store-unavailable` */
export async function* readSignatures(
  history: Pick<History, 'read'>,
  from: Revision,
  hash?: Hash,
): AsyncGenerator<Signature, void, undefined> {
  for await (const stored of history.read(from, [collectors])) {
    const signature = signatureOf(parseAuditEvent(stored, hash));
    if (signature) yield signature;
  }
}
