import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { bearerToken, isSameSecret } from '../../../adapters/http-server/access.ts';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import type { TokenTries } from './token-tries.ts';

/** What a client may do: only look, or also act: hold, release, sweep. */
export type Role = 'look' | 'act';

/** The token of each role. Without any token, every client that reaches the address may act. */
export type Tokens = Readonly<Partial<Record<Role, string>>>;

/** Which requests the server accepts. */
export interface AuthPolicy {
  readonly tokens: Tokens;
  /**
   * Mixed into the cookies. It is new in each process if a token is short: else a client could try tokens by the
   * cookies that they give.
   */
  readonly secret: string;
  readonly cookie: string;
  readonly tries: TokenTries;
}

const roles: readonly Role[] = ['act', 'look'];

/** Tokens of this length cannot be found by trying. `openssl rand -hex 32` gives 64 characters. */
const unguessable = 32;

export const isLong = (token: string): boolean => token.length >= unguessable;

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

export const needsToken = ({ tokens }: AuthPolicy): boolean =>
  roles.some((role) => tokens[role] !== undefined);

/**
 * The role of a request, by its token or the cookie that replaces it; undefined: it has neither.
 * @throws {ApiError} `too-many-tries`
 */
export function roleOf(request: IncomingMessage, policy: AuthPolicy): Role | undefined {
  if (!needsToken(policy)) return 'act';
  const bearer = bearerToken(request.headers);
  if (bearer !== undefined) return roleOfToken(bearer, request, policy);
  const cookies = (request.headers.cookie ?? '').split(';').map((one) => one.trim());
  const [, ours] = cookies.find((one) => one.startsWith(`${policy.cookie}=`))?.split('=', 2) ?? [];
  if (ours === undefined) return undefined;
  return roles.find((role) => {
    const pass = passOf(role, policy);
    return pass !== undefined && isSameSecret(ours, pass);
  });
}

/**
 * The role that a token gives; undefined: it is wrong. After too many wrong ones from an address, tokens from there
 * are refused for a while. A long token is accepted even then, so that others at the same address, such as other users
 * of this machine, cannot lock its owner out.
 * @throws {ApiError} `too-many-tries`
 */
export function roleOfToken(
  text: string,
  { socket }: IncomingMessage,
  { tokens, tries }: AuthPolicy,
): Role | undefined {
  const address = socket.remoteAddress ?? '';
  const role = roles.find((one) => isSameSecret(text, tokens[one] ?? '') && text !== '');
  const wait = tries.wait(address);
  if (wait > 0 && (role === undefined || !isLong(text))) {
    throw new ApiError(
      'too-many-tries',
      'too many wrong tokens came from this address',
      `try again in ${wait} s`,
      wait,
    );
  }
  if (role === undefined) tries.failed(address);
  return role;
}

/**
 * A session cookie: scripts cannot read it, and requests from other sites do not carry it. `Secure`: browsers never
 * send it without TLS.
 */
export function cookieOf(role: Role, request: IncomingMessage, policy: AuthPolicy): string {
  const secure = isEncrypted(request) ? '; Secure' : '';
  return `${policy.cookie}=${passOf(role, policy)}; Path=/; HttpOnly; SameSite=Strict${secure}`;
}

/** Whether the browser used TLS: to this server, or to a proxy that says so. */
const isEncrypted = ({ socket, headers }: IncomingMessage): boolean =>
  'encrypted' in socket || headers['x-forwarded-proto'] === 'https';

const passOf = (role: Role, { tokens, secret }: AuthPolicy): string | undefined => {
  const token = tokens[role];
  if (token === undefined) return undefined;
  return createHmac('sha256', token).update(`rollcall dashboard ${role} ${secret}`).digest('hex');
};
