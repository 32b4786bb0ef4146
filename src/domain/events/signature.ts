import type { Hash } from './hash-chain.ts';
import { type SharedSignature, signedTextOf, signTogether } from './shared-signature.ts';

/** The key of one process: its public half, and what signs with the private half. */
export interface Signer {
  readonly key: string;
  /** The signature over the UTF-8 of a text. Letters, digits, `-` and `_` only. */
  sign(text: string): string;
}

/** Whether the signature over a text was made with the private half of this key. */
export type CheckSignature = (key: string, text: string, sig: string) => boolean;

const field = ',"sig":"';

/**
 * Adds a signature over the text of a JSON object as its last field. Every reader can remove it again
 * without writing JSON: the signed bytes are the stored bytes without that field.
 */
export const withSignature = (unsigned: string, signer: Signer): string =>
  withFields(unsigned, '', signer.sign(unsigned));

/**
 * Adds one signature over the texts of several JSON objects to each of them, as its last fields `shared` and
 * `sig`. A single text gets a signature of its own.
 */
export function withSharedSignature(
  unsigned: readonly string[],
  signer: Signer,
  hash: Hash,
): readonly string[] {
  if (unsigned.length <= 1) return unsigned.map((text) => withSignature(text, signer));
  const { sig, shares } = signTogether(unsigned, signer, hash);
  return unsigned.map((text, at) =>
    withFields(text, `,"shared":${JSON.stringify(shares[at])}`, sig),
  );
}

const withFields = (unsigned: string, shared: string, sig: string): string =>
  `${unsigned.slice(0, -1)}${shared}${field}${sig}"}`;

/** The signed text of an object, its signature, and its place if it shares the signature with others. */
export interface SplitSignature {
  readonly unsigned: string;
  readonly sig: string;
  readonly shared?: SharedSignature;
}

const sharedField =
  /,"shared":\{"index":(0|[1-9]\d{0,3}),"size":([1-9]\d{0,3}),"path":"([0-9a-f]*)"\}$/;

/** Undefined if the last field is no signature. */
export function splitSignature(text: string): SplitSignature | undefined {
  const at = text.lastIndexOf(field);
  if (at < 0) return undefined;
  const [, sig] = /^([\w-]+)"\}$/.exec(text.slice(at + field.length)) ?? [];
  if (sig === undefined) return undefined;
  const body = text.slice(0, at);
  const start = body.lastIndexOf(',"shared":{');
  const found = start < 0 ? null : sharedField.exec(body.slice(start));
  if (!found) return { unsigned: `${body}}`, sig };
  const [, index, size, path = ''] = found;
  const shared = { index: Number(index), size: Number(size), path };
  return { unsigned: `${body.slice(0, start)}}`, sig, shared };
}

/**
 * Whether the text of an event has a signature of the key that it names. Without `check`, whether it has one
 * at its end.
 */
export function isSignedBy(
  {
    event,
    text,
  }: {
    readonly event: { key?: string | undefined; sig?: string | undefined };
    readonly text: string;
  },
  check: CheckSignature | undefined,
  hash: Hash,
): boolean {
  const split = splitSignature(text);
  if (event.key === undefined || split === undefined || split.sig !== event.sig) return false;
  const signed = split.shared ? signedTextOf(split.unsigned, split.shared, hash) : split.unsigned;
  if (signed === undefined) return false;
  return check === undefined || check(event.key, signed, split.sig);
}
