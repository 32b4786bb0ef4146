import { getCACertificates } from 'node:tls';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { Fault, NoAnswer } from '../../../domain/fault.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import {
  authenticator,
  type Credentials,
  readServers,
  type Secret,
  secretText,
} from '../login/credentials.ts';
import { credentialsExpiry } from '../login/credentials-expiry.ts';
import { isClientError } from './client-errors.ts';
import { checkInboxPrefix, inboxPrefixOf } from './inbox.ts';
import { lentConnection } from './lent-connection.ts';
import { pausesOfReconnects, reconnectDelays } from './reconnects.ts';
import { identityCheck } from './server-identity.ts';

/** Opens a connection with these options and some of its own. */
type OpenConnection = (wanted: NodeConnectionOptions) => Promise<NatsConnection>;

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
  /**
   * A connection of the application, which stays open when it is not needed any more; or a function that opens
   * one, which is closed then. `servers`, `credentials`, `tls` and `inboxPrefix` are not used with either.
   */
  readonly connection?: NatsConnection | OpenConnection;
  /** Time limit of the handshake with one server. */
  readonly connectWithin?: Millis;
  readonly signal?: AbortSignal;
}

/**
 * Connects, and reconnects without limit after every loss.
 *
 * A client that gave up would turn an outage into a permanent failure. The pings detect a dead peer
 * within 10 to 15 s; the supervised watches detect it within 2.5 s without them.
 * @throws {Fault} `store-unavailable` if no server answers, `store-refused` if the login is refused
 */
export async function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const { inboxPrefix = '_INBOX', signal } = options;
  if (options.connection !== undefined) return connectionOf(options.connection, options);
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
    ...wantedOptions(options),
    servers: addresses,
    inboxPrefix,
    ...(tls ? { tls } : {}),
    ...(credentials ? { authenticator: authenticator(credentials) } : {}),
  });
  try {
    return await orAborted(opening, signal);
  } catch (cause) {
    throw cause instanceof Fault ? cause : connectFault(cause, options);
  }
}

const wantedOptions = ({
  name,
  connectWithin = seconds(5),
}: ConnectOptions): NodeConnectionOptions => ({
  name,
  timeout: connectWithin,
  maxReconnectAttempts: -1,
  ...reconnectDelays,
  reconnectToServer: pausesOfReconnects(connectWithin),
  pingInterval: seconds(5),
  maxPingOut: 2,
  // Otherwise every request pays for a stack trace.
  noAsyncTraces: true,
  // A server that is still being configured may refuse right credentials; two refusals must not
  // end the client.
  ignoreAuthErrorAbort: true,
});

/** @throws {Fault} `bad-setting` if it cannot be used; otherwise as `connectNats` */
async function connectionOf(
  given: NatsConnection | OpenConnection,
  options: ConnectOptions,
): Promise<NatsConnection> {
  const isFunction = typeof given === 'function';
  const connection = isFunction ? await openedBy(given, options) : lentConnection(given);
  try {
    checkInboxPrefix(inboxPrefixOf({ client: connection }) ?? '_INBOX');
    return connection;
  } catch (cause) {
    await closeNats(connection);
    throw cause;
  }
}

async function openedBy(open: OpenConnection, options: ConnectOptions): Promise<NatsConnection> {
  try {
    return await orAborted(open(wantedOptions(options)), options.signal);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const code = isClientError(cause, 'AuthorizationError') ? 'store-refused' : 'store-unavailable';
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault(code, `connection: the function that opens it failed: ${why}`, { cause });
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
  // Node adds advice about its own options.
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(
    /; if the root CA is installed locally.*/s,
    '',
  );
  if (isClientError(cause, 'InvalidArgumentError')) {
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
  if (isClientError(cause, 'AuthorizationError') && !/timeout/i.test(why)) {
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
  if (isCertificate) {
    const what = `the certificate of the server at ${addresses} is not accepted`;
    const hint = certificateHint(options.tls?.caFile);
    return new Fault('store-unavailable', `${what}: ${why}`, { cause, hint });
  }
  return new NoAnswer('store-unavailable', `no NATS server answers at ${addresses}: ${why}`, {
    cause,
    hint: 'check that a server is running there; `rollcall up` starts one on this machine',
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
