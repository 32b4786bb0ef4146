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
  `${unsigned.slice(0, -1)}${field}${signer.sign(unsigned)}"}`;

/** The signed text and its signature; undefined if the last field is no signature. */
export function splitSignature(
  text: string,
): { readonly unsigned: string; readonly sig: string } | undefined {
  const at = text.lastIndexOf(field);
  if (at < 0) return undefined;
  const [, sig] = /^([\w-]+)"\}$/.exec(text.slice(at + field.length)) ?? [];
  return sig === undefined ? undefined : { unsigned: `${text.slice(0, at)}}`, sig };
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
): boolean {
  const split = splitSignature(text);
  if (event.key === undefined || split === undefined || split.sig !== event.sig) return false;
  return check === undefined || check(event.key, split.unsigned, split.sig);
}
