import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { AuditEvent } from './event-schema.ts';
import { type Signer, withSharedSignature } from './signature.ts';

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
 * Serializes events that are stored together, and signs them with one signature. The hash of each is over
 * exactly the stored text, so none of them can link to another one.
 *
 * `hash`: pass a native SHA-256 where many events are written.
 */
export function sealTogether(
  events: readonly AuditEvent[],
  signer?: Signer,
  hash: Hash = hashEvent,
): readonly SealedEvent[] {
  const unsigned = events.map((event) => JSON.stringify(event));
  const texts = signer
    ? withSharedSignature(
        unsigned.map((text) => withKey(text, signer)),
        signer,
        hash,
      )
    : unsigned;
  return events.map(({ n }, at) => {
    const text = texts[at] ?? '';
    return { text, head: { n, hash: hash(text) } };
  });
}

/** A copy of each event with the key would cost a third of the signature of a large commit. */
const withKey = (text: string, { key }: Signer): string =>
  `${text.slice(0, -1)},"key":${JSON.stringify(key)}}`;

/** Serializes and signs one event. */
export function sealEvent(event: AuditEvent, signer?: Signer, hash?: Hash): SealedEvent {
  const [sealedEvent] = sealTogether([event], signer, hash);
  if (!sealedEvent) throw new Error('one event is sealed as one');
  return sealedEvent;
}
