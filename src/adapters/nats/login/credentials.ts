import { type Authenticator, credsAuthenticator, nkeyAuthenticator } from '@nats-io/transport-node';

/** A secret, or how to read it: then it is read at each attempt to connect, so that it may be replaced. */
export type Secret = string | (() => string);

/** The credentials themselves, not the path of a file. */
export type Credentials =
  | { readonly user: string; readonly pass?: Secret }
  | { readonly token: string }
  | { readonly creds: Secret }
  | { readonly nkeySeed: Secret }
  /** Looks for a login at each attempt to connect; undefined: connects without one. */
  | { readonly find: () => { user: string; pass: string } | undefined };

const encoder = new TextEncoder();

/**
 * Splits the login off the server addresses. The client silently drops the part before the `@`; other
 * tools accept `nats://user:password@host`, or a token alone.
 */
export function readServers(servers: readonly string[]): {
  readonly addresses: string[];
  readonly login: Credentials | undefined;
} {
  let login: Credentials | undefined;
  const addresses = servers.map((server) => {
    const [, scheme = '', userinfo, address = ''] =
      /^([a-z]+:\/\/)?(?:(.*)@)?([^@]*)$/i.exec(server) ?? [];
    if (userinfo === undefined) return server;
    const [user = '', pass] = userinfo.split(':').map(decodeURIComponent);
    login ??= pass === undefined ? { token: user } : { user, pass };
    return scheme + address;
  });
  return { addresses, login };
}

/** How the client logs in with them. */
export function authenticator(credentials: Credentials): Authenticator {
  if ('creds' in credentials) {
    const { creds } = credentials;
    return (nonce) => credsAuthenticator(encoder.encode(secretText(creds)))(nonce);
  }
  if ('nkeySeed' in credentials) {
    const { nkeySeed } = credentials;
    return (nonce) => nkeyAuthenticator(encoder.encode(secretText(nkeySeed).trim()))(nonce);
  }
  if ('find' in credentials) return () => credentials.find();
  if ('token' in credentials) return () => ({ auth_token: credentials.token });
  const { user, pass } = credentials;
  return () => (pass === undefined ? { user } : { user, pass: secretText(pass) });
}

/** The text of a secret now. */
export const secretText = (secret: Secret): string =>
  typeof secret === 'function' ? secret() : secret;
