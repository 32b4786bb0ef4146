import { Fault } from '../fault.ts';

/** A name that is its own token, as most are: reading a registry makes four tokens for each record. */
const plain = /^[A-Za-z0-9_-]*$/;

/** What `encodeURIComponent` leaves as it is and a subject token or a KV key can't have. */
const alsoEscaped = /[.!~*'()]/g;

/**
 * A name as one subject token: `[A-Za-z0-9_-]` stay, every other byte of its UTF-8 is `=XX`.
 *
 * Percent-encoding with `=` for `%`, because `=` is the one escape character that KV keys allow, and
 * the usual host names stay readable in other people's tools: `db-1.example` is `db-1=2Eexample`.
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

/** A fleet has few names and writes them into every key: a replay asks for each a thousand times. */
const encoded = new Map<string, string>();
const encodedAtMost = 10_000;

/**
 * The name that `encodeToken` made into this token.
 *
 * Only the canonical spelling is accepted, so that two tokens never mean one name.
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
