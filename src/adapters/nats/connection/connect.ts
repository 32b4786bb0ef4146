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

/** The contents of what proves who we are, not the path of a file. */
type Credentials =
  | { readonly user: string; readonly pass?: string }
  | { readonly token: string }
  | { readonly creds: string }
  | { readonly nkeySeed: string };

export interface ConnectOptions {
  readonly servers: readonly string[];
  /** How the server and its advisories call this connection: see `connectionName`. */
  readonly name: string;
  readonly credentials?: Credentials;
  readonly tls?: NonNullable<NodeConnectionOptions['tls']>;
  /**
   * Must start with `_INBOX`: a run answers nobody else (see probe.ts). Its own per user where users
   * must not read each other's replies.
   */
  readonly inboxPrefix?: string;
  /** How long a server may take for the handshake. */
  readonly connectWithin?: Millis;
  readonly signal?: AbortSignal;
}

const encoder = new TextEncoder();

/**
 * Connects, and stays connected from then on, for ever.
 *
 * A client that stops trying would turn an outage into an end. The pings notice a dead peer within
 * 10 to 15 s; the supervised watches notice within 2.5 s and do not wait for them.
 * @throws {Fault} `store-unavailable` where nothing answers, `store-refused` where we may not enter
 */
export async function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const { inboxPrefix = '_INBOX', signal } = options;
  if (!/^_INBOX[A-Za-z0-9_-]*$/.test(inboxPrefix)) {
    throw new Fault('bad-setting', `the inbox prefix '${inboxPrefix}' does not start with _INBOX`);
  }
  const { addresses, login } = readServers(options.servers);
  const credentials = options.credentials ?? login;
  const opening = connect({
    servers: addresses,
    name: options.name,
    inboxPrefix,
    timeout: options.connectWithin ?? seconds(5),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    reconnectJitterTLS: 1000,
    pingInterval: seconds(5),
    maxPingOut: 2,
    // Otherwise every request pays for a stack trace.
    noAsyncTraces: true,
    // Wrong credentials may be a server that is still being configured; two refusals must not end us.
    ignoreAuthErrorAbort: true,
    ...(options.tls ? { tls: options.tls } : {}),
    ...(credentials ? { authenticator: authenticator(credentials) } : {}),
  });
  try {
    return await orAborted(opening, signal);
  } catch (cause) {
    throw cause instanceof Fault ? cause : connectFault(cause, options);
  }
}

/** Closes within `within` whatever the server does: a frozen one would hold a polite close. */
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
 * Servers without what may be written before the `@`, which the client drops without a word, and that
 * as a login: `nats://user:password@host`, or a token alone, is how other tools take it.
 */
function readServers(servers: readonly string[]): {
  readonly addresses: string[];
  readonly login: Credentials | undefined;
} {
  let login: Credentials | undefined;
  const addresses = servers.map((server) => {
    const [, scheme = '', userinfo, address = ''] =
      /^([a-z]+:\/\/)?(?:(.*)@)?([^@]*)$/.exec(server) ?? [];
    if (userinfo === undefined) return server;
    const [user = '', pass] = userinfo.split(':').map(decodeURIComponent);
    login ??= pass === undefined ? { token: user } : { user, pass };
    return scheme + address;
  });
  return { addresses, login };
}

function authenticator(credentials: Credentials): Authenticator {
  if ('creds' in credentials) return credsAuthenticator(encoder.encode(credentials.creds));
  if ('nkeySeed' in credentials) return nkeyAuthenticator(encoder.encode(credentials.nkeySeed));
  if ('token' in credentials) return () => ({ auth_token: credentials.token });
  const { user, pass } = credentials;
  return () => (pass === undefined ? { user } : { user, pass });
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
    // The client has no way to give up dialling: whatever it still opens is closed.
    opening.then(closeNats, () => undefined);
    throw cause;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function connectFault(cause: unknown, { servers }: ConnectOptions): Fault {
  const at = readServers(servers).addresses.join(', ');
  const why = cause instanceof Error ? cause.message : String(cause);
  // A server that has too much to do hears the login too late: that says nothing about the login.
  if (cause instanceof errors.AuthorizationError && !/timeout/i.test(why)) {
    return new Fault('store-refused', `the server at ${at} does not let us in: ${why}`, {
      cause,
      hint: 'check user and password, token or credentials file, and that they are of its account',
    });
  }
  return new Fault('store-unavailable', `no NATS server answers at ${at}: ${why}`, {
    cause,
    hint: 'is a server running there? `rollcall up` starts one on this machine',
  });
}
