import { Fault } from '../fault.ts';

/** Most names need no encoding. The fast path matters: each record needs four tokens. */
const plain = /^[A-Za-z0-9_-]*$/;

/** Characters that `encodeURIComponent` keeps and that subject tokens or KV keys do not allow. */
const alsoEscaped = /[.!~*'()]/g;

/**
 * Encodes a name as one subject token: `[A-Za-z0-9_-]` stay, each other UTF-8 byte becomes `=XX`.
 *
 * This is percent-encoding with `=` for `%`, because `=` is the only escape character that KV keys allow.
 * Usual host names stay readable in other tools: `db-1.example` is `db-1=2Eexample`.
 */
export function encodeSubjectToken(name: string): string {
  if (plain.test(name)) return name;
  const known = encoded.get(name);
  if (known !== undefined) return known;
  const token = encodeURIComponent(name)
    .replace(alsoEscaped, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '=');
  if (encoded.size >= encodedAtMost) encoded.clear();
  encoded.set(name, token);
  return token;
}

/** Cache of encoded names: a fleet has few, and a replay encodes each a thousand times. */
const encoded = new Map<string, string>();
const encodedAtMost = 10_000;

/**
 * Decodes a token of `encodeSubjectToken`.
 *
 * Only the canonical encoding is accepted, so two tokens never mean one name.
 * @throws {Fault} `bad-name`
 */
export function decodeSubjectToken(token: string): string {
  try {
    const name = decodeURIComponent(token.replaceAll('=', '%'));
    if (name !== '' && encodeSubjectToken(name) === token) return name;
  } catch (cause) {
    throw new Fault('bad-name', `'${token}' is not the encoding of a name`, { cause });
  }
  throw new Fault('bad-name', `'${token}' is not the encoding of a name`);
}
