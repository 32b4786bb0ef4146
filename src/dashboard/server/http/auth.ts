import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { HttpError } from './http-error.ts';

/** Which requests the server accepts. */
export interface AuthPolicy {
  /** Names that the Host header may have, in addition to addresses and `localhost`. */
  readonly names: readonly string[];
  /** Undefined: every client that reaches the address has access. */
  readonly token: string | undefined;
  /** The secret of the cookie, new in each process. */
  readonly secret: string;
  readonly cookie: string;
}

/**
 * Refuses a request with an unknown name in its Host header. This stops DNS rebinding, in which another
 * site points its own name to this address: such a page can send only that name, never the address.
 */
export function checkHost({ headers }: IncomingMessage, { names }: AuthPolicy): void {
  const name = nameIn(headers.host ?? '');
  if (name !== undefined && (isIP(name) > 0 || name === 'localhost' || names.includes(name)))
    return;
  throw new HttpError(
    'forbidden',
    'the name in the Host header is not a name of this server',
    'use the address of the server, or start it with --host-name NAME',
  );
}

/** Refuses a request from a page of another site. Pages of this server send its own origin. */
export function checkOrigin({ headers }: IncomingMessage, needed: boolean): void {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  const own = origin === `http://${host}` || origin === `https://${host}`;
  if (origin === undefined ? needed : !own) {
    throw new HttpError('forbidden', 'the request comes from another site');
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new HttpError('forbidden', 'the request comes from another site');
  }
}

/** Whether the request has the token, or the cookie that replaces it. */
export function isAuthorized({ headers }: IncomingMessage, policy: AuthPolicy): boolean {
  const { token, cookie } = policy;
  if (token === undefined) return true;
  const [, bearer] = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return isToken(bearer, policy);
  const cookies = (headers.cookie ?? '').split(';').map((one) => one.trim());
  const [, ours] = cookies.find((one) => one.startsWith(`${cookie}=`))?.split('=', 2) ?? [];
  return ours !== undefined && isSame(ours, passOf(policy));
}

/** Compares in constant time for texts of any length. */
export const isToken = (text: string, { token }: AuthPolicy): boolean =>
  token !== undefined && isSame(text, token);

/** A session cookie: scripts cannot read it, and requests from other sites do not carry it. */
export const cookieOf = (policy: AuthPolicy): string =>
  `${policy.cookie}=${passOf(policy)}; Path=/; HttpOnly; SameSite=Strict`;

const passOf = ({ token = '', secret }: AuthPolicy): string =>
  sha256(`${secret} ${token}`).toString('hex');

const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The host without port and IPv6 brackets; undefined: not a valid host. */
function nameIn(host: string): string | undefined {
  const [, v6, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name)?.toLowerCase();
}
