import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { ApiError } from './api-error.ts';

/**
 * Refuses a request with an unknown name in its Host header. This stops DNS rebinding, in which another
 * site points its own name to this address: a page of that site can send only its name, never the address.
 * `names`: accepted names besides addresses and `localhost`.
 * @throws {ApiError} `forbidden`
 */
export function checkHost(
  { host = '' }: IncomingHttpHeaders,
  names: readonly string[],
  hint: string,
): void {
  const name = hostName(host);
  const accepted = ['localhost', ...names.map((one) => one.toLowerCase())];
  if (name !== undefined && (isIP(name) > 0 || accepted.includes(name))) return;
  throw new ApiError('forbidden', 'the name in the Host header is not a name of this server', hint);
}

/** The host without port and IPv6 brackets; undefined: not a valid host. */
function hostName(host: string): string | undefined {
  const [, v6, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name)?.toLowerCase();
}

/** Refuses a request without the token, if there is one. @throws {ApiError} `unauthorised` */
export function checkToken(headers: IncomingHttpHeaders, token: string | undefined): void {
  if (token === undefined) return;
  const sent = bearerToken(headers);
  if (sent !== undefined && isSameSecret(sent, token)) return;
  throw new ApiError('unauthorised', 'a token is needed', 'send Authorization: Bearer TOKEN');
}

/** The token in the Authorization header, if there is one. */
export const bearerToken = ({ authorization = '' }: IncomingHttpHeaders): string | undefined =>
  /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1];

/** Compares in constant time for texts of any length. */
export const isSameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(sha256(a), sha256(b));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
