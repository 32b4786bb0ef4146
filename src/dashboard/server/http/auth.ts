import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bearerToken, isSameSecret } from '../../../adapters/http-server/access.ts';
import { ApiError } from '../../../adapters/http-server/api-error.ts';

/** Which requests the server accepts. */
export interface AuthPolicy {
  /** Undefined: every client that reaches the address has access. */
  readonly token: string | undefined;
  /** The secret of the cookie, new in each process. */
  readonly secret: string;
  readonly cookie: string;
}

/** Refuses a request from a page of another site. Pages of this server send its own origin. */
export function checkOrigin({ headers }: IncomingMessage, needed: boolean): void {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  const own = origin === `http://${host}` || origin === `https://${host}`;
  if (origin === undefined ? needed : !own) {
    throw new ApiError('forbidden', 'the request comes from another site');
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new ApiError('forbidden', 'the request comes from another site');
  }
}

/** Whether the request has the token, or the cookie that replaces it. */
export function isAuthorized({ headers }: IncomingMessage, policy: AuthPolicy): boolean {
  const { token, cookie } = policy;
  if (token === undefined) return true;
  const bearer = bearerToken(headers);
  if (bearer !== undefined) return isToken(bearer, policy);
  const cookies = (headers.cookie ?? '').split(';').map((one) => one.trim());
  const [, ours] = cookies.find((one) => one.startsWith(`${cookie}=`))?.split('=', 2) ?? [];
  return ours !== undefined && isSameSecret(ours, passOf(policy));
}

/** Compares in constant time for texts of any length. */
export const isToken = (text: string, { token }: AuthPolicy): boolean =>
  token !== undefined && isSameSecret(text, token);

/** A session cookie: scripts cannot read it, and requests from other sites do not carry it. */
export const cookieOf = (policy: AuthPolicy): string =>
  `${policy.cookie}=${passOf(policy)}; Path=/; HttpOnly; SameSite=Strict`;

const passOf = ({ token = '', secret }: AuthPolicy): string =>
  createHash('sha256').update(`${secret} ${token}`).digest('hex');
