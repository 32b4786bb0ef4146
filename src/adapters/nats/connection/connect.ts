import { getCACertificates } from 'node:tls';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import { reconnectDelays } from './backoff.ts';
import { credentialsExpiry } from './credentials-expiry.ts';
import { checkInboxPrefix } from './inbox.ts';
import { identityCheck } from './server-identity.ts';

/** A secret, or how to read it: then it is read at each attempt to connect, so that it may be replaced. */
type Secret = string | (() => string);

/** The credentials themselves, not the path of a file. */
type Credentials =
  | { readonly user: string; readonly pass?: Secret }
  | { readonly token: string }
  | { readonly creds: Secret }
  | { readonly nkeySeed: Secret }
  /** Looks for a login at each attempt to connect; undefined: connects without one. */
  | { readonly find: () => { user: string; pass: string } | undefined };

export interface ConnectOptions {
  readonly servers: readonly string[];
  /** The connection's name on the server and in its advisories: see `connectionName`. */
  readonly name: string;
  readonly credentials?: Credentials;
  readonly tls?: NonNullable<NodeConnectionOptions['tls']>;
  /**
   * Must start with `_INBOX`: a run replies to no other subject (see run-messaging.ts). Use one prefix
   * per user where users must not read each other's replies.
   */
  readonly inboxPrefix?: string;
  /** Time limit of the handshake with one server. */
  readonly connectWithin?: Millis;
  readonly signal?: AbortSignal;
}

const encoder = new TextEncoder();

/**
 * Connects, and reconnects without limit after every loss.
 *
 * A client that gave up would turn an outage into a permanent failure. The pings detect a dead peer
 * within 10 to 15 s; the supervised watches detect it within 2.5 s without them.
 * @throws {Fault} `store-unavailable` if no server answers, `store-refused` if the login is refused
 */
export async function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const { inboxPrefix = '_INBOX', signal } = options;
  checkInboxPrefix(inboxPrefix);
  const { addresses, login } = readServers(options.servers);
  // The client ignores the scheme: without `tls` it would send the login in clear to a server without TLS.
  const wanted =
    options.tls ?? (addresses.some((address) => /^tls:/i.test(address)) ? {} : undefined);
  const isSystemTrusted = wanted?.caFile === undefined && wanted?.ca === undefined;
  const tls = wanted && {
    ...wanted,
    ...(isSystemTrusted ? { ca: trustedCertificates() } : {}),
    checkServerIdentity: identityCheck(addresses),
  };
  const credentials = options.credentials ?? login;
  const opening = connect({
    servers: addresses,
    name: options.name,
    inboxPrefix,
    timeout: options.connectWithin ?? seconds(5),
    maxReconnectAttempts: -1,
    ...reconnectDelays,
    pingInterval: seconds(5),
    maxPingOut: 2,
    // Otherwise every request pays for a stack trace.
    noAsyncTraces: true,
    // A server that is still being configured may refuse right credentials; two refusals must not
    // end the client.
    ignoreAuthErrorAbort: true,
    ...(tls ? { tls } : {}),
    ...(credentials ? { authenticator: authenticator(credentials) } : {}),
  });
  try {
    return await orAborted(opening, signal);
  } catch (cause) {
    throw cause instanceof Fault ? cause : connectFault(cause, options);
  }
}

/** The authorities of Node and those of this system: a company's own CA is usually installed there. */
const trustedCertificates = (): string =>
  [...getCACertificates('default'), ...getCACertificates('system')].join('\n');

/** Closes the connection within `within`: a frozen server would block a graceful close. */
export async function closeNats(connection: NatsConnection, within: Millis = 2000): Promise<void> {
  const closing = connection.close().catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, within);
  });
  await Promise.race([closing, late]);
  clearTimeout(timer);
}

/**
 * Splits the login off the server addresses. The client silently drops the part before the `@`; other
 * tools accept `nats://user:password@host`, or a token alone.
 */
function readServers(servers: readonly string[]): {
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

function authenticator(credentials: Credentials): Authenticator {
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

const secretText = (secret: Secret): string => (typeof secret === 'function' ? secret() : secret);

async function orAborted(
  opening: Promise<NatsConnection>,
  signal: AbortSignal | undefined,
): Promise<NatsConnection> {
  if (signal === undefined) return opening;
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new Fault('store-unavailable', 'stopped while connecting'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([opening, aborted]);
  } catch (cause) {
    // The client cannot cancel a dial: close the connection if it still opens.
    opening.then(closeNats, () => undefined);
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function connectFault(cause: unknown, { servers, ...options }: ConnectOptions): Fault {
  const { addresses: all, login } = readServers(servers);
  const addresses = all.join(', ');
  const credentials = options.credentials ?? login;
  const why = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof errors.InvalidArgumentError) {
    return new Fault('bad-setting', `the address ${addresses} cannot be used: ${why}`, {
      cause,
      hint: 'use nats://HOST:PORT or tls://HOST:PORT: web sockets are not supported',
    });
  }
  if (/does not support 'tls'/.test(why)) {
    return new Fault(
      'store-refused',
      `the server at ${addresses} has no TLS, and nothing was sent to it`,
      {
        cause,
        hint: 'configure `tls` on the server; nats:// connects without TLS, and sends the login unencrypted',
      },
    );
  }
  // An overloaded server reads the login too late: that is no evidence against the login.
  if (cause instanceof errors.AuthorizationError && !/timeout/i.test(why)) {
    const had = credentials !== undefined && !('find' in credentials);
    const past = credentials && 'creds' in credentials ? expiredAt(credentials.creds) : undefined;
    const refused = `the server at ${addresses} refused the login: ${why}`;
    return new Fault('store-refused', past ? `${refused}; it expired at ${past}` : refused, {
      cause,
      hint: past
        ? 'replace the credentials file with one that is still valid'
        : had
          ? 'check the user and password, token or credentials file, and that they belong to this account'
          : 'no login was given and none was found: use --login DIR. For a server that `rollcall up` started, DIR is the folder `login` in its data directory, which only its own user can read',
    });
  }
  const isCertificate = /certificate|altnames/i.test(why);
  const what = isCertificate
    ? `the certificate of the server at ${addresses} is not accepted`
    : `no NATS server answers at ${addresses}`;
  return new Fault('store-unavailable', `${what}: ${why}`, {
    cause,
    hint: isCertificate
      ? certificateHint(options.tls?.caFile)
      : 'check that a server is running there; `rollcall up` starts one on this machine',
  });
}

/** The end of credentials that are over by the clock of this machine; undefined otherwise. */
function expiredAt(creds: Secret): string | undefined {
  const at = credentialsExpiry(secretText(creds));
  return at !== undefined && at <= Date.now() ? new Date(at).toISOString() : undefined;
}

const certificateHint = (ca: string | undefined): string =>
  ca === undefined
    ? 'name the CA of the server: --tls-ca FILE, or --login DIR; or install it on this system, or in SSL_CERT_FILE. A server that `rollcall up --secure` started lets in only its own user'
    : 'check --tls-ca and the certificate of the server; `rollcall access list` shows until when certificates are valid';
