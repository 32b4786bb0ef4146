import {
  type AuditEntry,
  parseAuditEvent,
  type UnreadableEvent,
} from '../../../domain/events/audit-entry.ts';
import type { Hash } from '../../../domain/events/hash-chain.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { History } from '../../../ports/audit.ts';

/** A collector's word, in the history itself, that a keyframe is what it verified. */
export interface Signature {
  /** The keyframe's place. */
  readonly keyframe: Revision;
  /** Of the keyframe's text. */
  readonly digest: string;
  /** Where the word stands, and since when: always behind the keyframe. */
  readonly seq: Revision;
  readonly at: WallTime;
}

/** Only collectors' chains: nearly nothing of a history. */
const collectors = '*.*.*.collector.*';

/** The signature that an event is; undefined for any other event. */
export function signatureOf(recorded: AuditEntry | UnreadableEvent): Signature | undefined {
  if (recorded.kind === 'illegible') return undefined;
  const { event, seq, storedAt: at } = recorded;
  const { type, seq: keyframe, digest } = event.event;
  if (event.of.entity !== 'collector' || type !== 'kept') return undefined;
  if (typeof keyframe !== 'number' || typeof digest !== 'string') return undefined;
  return { keyframe, digest, seq, at };
}

/** All signatures of a history, from a place on, in their order. @throws {Fault} `store-unavailable` */
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
