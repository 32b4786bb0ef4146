import { Fault } from './fault.ts';

/** What `encodeURIComponent` leaves as it is and a subject token or a KV key can't have. */
const alsoEscaped = /[.!~*'()]/g;

/**
 * A name as one subject token: `[A-Za-z0-9_-]` stay, every other byte of its UTF-8 is `=XX`.
 *
 * Percent-encoding with `=` for `%`, because `=` is the one escape character that KV keys allow, and
 * the usual host names stay readable in other people's tools: `db-1.example` is `db-1=2Eexample`.
 */
export const encodeToken = (name: string): string =>
  encodeURIComponent(name)
    .replace(alsoEscaped, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '=');

/**
 * The name that `encodeToken` made into this token.
 *
 * Only the canonical spelling is accepted, so that two tokens never mean one name.
 * @throws {Fault} `bad-name`
 */
export function decodeToken(token: string): string {
  try {
    const name = decodeURIComponent(token.replaceAll('=', '%'));
    if (name !== '' && encodeToken(name) === token) return name;
  } catch (cause) {
    throw new Fault('bad-name', `'${token}' is not the encoding of a name`, { cause });
  }
  throw new Fault('bad-name', `'${token}' is not the encoding of a name`);
}
