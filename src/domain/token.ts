import { Fault } from './fault.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const plain = /[A-Za-z0-9_-]/;

/**
 * A name as one subject token: `[A-Za-z0-9_-]` stay, every other byte of its UTF-8 is `=XX`.
 *
 * Quoted-printable's alphabet, because `=` is the one escape character that KV keys allow and the
 * usual host names stay readable in other people's tools: `db-1.example` is `db-1=2Eexample`.
 */
export function encodeToken(name: string): string {
  let token = '';
  for (const byte of encoder.encode(name)) {
    const char = String.fromCharCode(byte);
    token += plain.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/**
 * The name that `encodeToken` made into this token.
 *
 * Only the canonical spelling is accepted, so that two tokens never mean one name.
 * @throws {Fault} `bad-name`
 */
export function decodeToken(token: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < token.length; at += 1) {
    const escaped = /^=([0-9A-F]{2})/.exec(token.slice(at, at + 3));
    if (escaped?.[1] !== undefined) {
      bytes.push(Number.parseInt(escaped[1], 16));
      at += 2;
    } else {
      bytes.push(token.charCodeAt(at));
    }
  }
  const name = decodeUtf8(bytes, token);
  if (name === '' || encodeToken(name) !== token) {
    throw new Fault('bad-name', `'${token}' is not the encoding of a name`);
  }
  return name;
}

function decodeUtf8(bytes: readonly number[], token: string): string {
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch (cause) {
    throw new Fault('bad-name', `'${token}' is not the encoding of a name`, { cause });
  }
}
