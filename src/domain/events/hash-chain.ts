import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AuditEvent } from './event-schema.ts';
import { type Signer, withSignature } from './signature.ts';

/** The head of a chain: number and hash of its last event. */
export interface ChainHead {
  readonly n: number;
  readonly hash: string;
}

/** The text of an event, as it is stored, and the chain's new head. */
export interface SealedEvent {
  readonly text: string;
  readonly head: ChainHead;
}

/** SHA-256 of a text's UTF-8, in hex. */
export type Hash = (text: string) => string;

/** The hash of an event is the SHA-256 of its stored bytes, in hex. */
export const hashEvent: Hash = (text) => bytesToHex(sha256(utf8ToBytes(text)));

/**
 * Serializes the event once, and signs it; the hash is over exactly the stored text.
 *
 * `hash`: pass a native SHA-256 where many events are written.
 */
export function sealEvent(event: AuditEvent, signer?: Signer, hash: Hash = hashEvent): SealedEvent {
  const text = signer
    ? withSignature(JSON.stringify({ ...event, key: signer.key }), signer)
    : JSON.stringify(event);
  return { text, head: { n: event.n, hash: hash(text) } };
}
