import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AuditEvent } from './event-schema.ts';

/** The head of a chain: number and hash of its last event. */
export interface ChainHead {
  readonly n: number;
  readonly hash: string;
}

/** An event, its text to be stored, and the chain's new head. */
export interface SealedEvent {
  readonly event: AuditEvent;
  readonly text: string;
  readonly head: ChainHead;
}

/** SHA-256 of a text's UTF-8, in hex. */
export type Hash = (text: string) => string;

/** The hash of an event is the SHA-256 of its stored bytes, in hex. */
export const hashEvent: Hash = (text) => bytesToHex(sha256(utf8ToBytes(text)));

/** Serializes the event once; the hash is over exactly the stored text. */
export function sealEvent(event: AuditEvent): SealedEvent {
  const text = JSON.stringify(event);
  return { event, text, head: { n: event.n, hash: hashEvent(text) } };
}
