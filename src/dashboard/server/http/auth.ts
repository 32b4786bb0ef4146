import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { HttpError } from './http-error.ts';

/** Who is let in. */
export interface AuthPolicy {
  /** Names by which this server may be called, beside addresses and `localhost`. */
  readonly names: readonly string[];
  /** Without one, whoever reaches the address is let in. */
  readonly token: string | undefined;
  /** Of the cookie: of this process alone. */
  readonly secret: string;
  readonly cookie: string;
}

/**
 * Refuses a request that was sent under a name that is not ours: a page from elsewhere whose name was
 * made to point here (DNS rebinding) has only names, never our address.
 */
export function checkHost({ headers }: IncomingMessage, { names }: AuthPolicy): void {
  const name = nameIn(headers.host ?? '');
  if (name !== undefined && (isIP(name) > 0 || name === 'localhost' || names.includes(name)))
    return;
  throw new HttpError(
    'forbidden',
    'this server does not go by the name in the Host header',
    'use its address, or start it with --host-name NAME',
  );
}

/** Refuses what another site's page asked the browser for. A page of our own sends our own origin. */
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

/** Whether the request has the token, or the cookie that it was exchanged for. */
export function isAuthorized({ headers }: IncomingMessage, policy: AuthPolicy): boolean {
  const { token, cookie } = policy;
  if (token === undefined) return true;
  const [, bearer] = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return isToken(bearer, policy);
  const cookies = (headers.cookie ?? '').split(';').map((one) => one.trim());
  const [, ours] = cookies.find((one) => one.startsWith(`${cookie}=`))?.split('=', 2) ?? [];
  return ours !== undefined && isSame(ours, passOf(policy));
}

/** In constant time, whatever the length. */
export const isToken = (text: string, { token }: AuthPolicy): boolean =>
  token !== undefined && isSame(text, token);

/** The cookie: the browser keeps it until it is closed, no script sees it, no other site sends it. */
export const cookieOf = (policy: AuthPolicy): string =>
  `${policy.cookie}=${passOf(policy)}; Path=/; HttpOnly; SameSite=Strict`;

const passOf = ({ token = '', secret }: AuthPolicy): string =>
  sha256(`${secret} ${token}`).toString('hex');

const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Without the port and the brackets of an IPv6 address; undefined where it is no host. */
function nameIn(host: string): string | undefined {
  const [, v6, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name)?.toLowerCase();
}
