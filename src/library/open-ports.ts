import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { z } from 'zod';
import { stripCredentials } from '../composition/store/access.ts';
import { JsDomain } from '../composition/store/js-domain.ts';
import { localLogin } from '../composition/store/local-login.ts';
import { portsOf } from '../composition/store/open-store.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import { Namespace, type RunRef } from '../domain/identity/names.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Log } from '../ports/log.ts';
import { type Metrics, noopMetrics } from '../ports/metrics.ts';
import { importOnce } from './import-once.ts';
import { Signal, withFunctions } from './known-options.ts';
import { openRepeatedly } from './open-repeatedly.ts';
import { type Duration, localLogins, type MissingNamespace, readOption } from './options.ts';

/** A connection of the application, or a function that opens one: with these options, and some of its own. */
export type ApplicationConnection =
  | NatsConnection
  | ((wanted: NodeConnectionOptions) => Promise<NatsConnection>);

/** Options of every function that connects to a NATS server. */
export interface StoreOptions {
  /** Addresses of the servers, `nats://host:port`; a login in an address is used and never printed. Either these or `connection`. */
  readonly servers?: string | readonly string[];
  /**
   * A connection of your own instead of `servers`, `credentials`, `tls` and `inboxPrefix`. It is used and never
   * closed; give it `maxReconnectAttempts: -1`, because a client that gives up ends the agent's lease. Or a function that
   * opens one with the given options and yours; that one is closed. It may be of another copy of the client.
   *
   * A collector finds a closed connection at once only if it has the given `name`: with a connection of your own a
   * killed process is noticed by its silence, after `ttl`.
   */
  readonly connection?: ApplicationConnection;
  /** Name of the fleet: 1 to 32 of A-Z, a-z, 0-9 and `-`. Default `default`. */
  readonly namespace?: string;
  /**
   * JetStream domain that has the namespace, where leaf nodes connect several; `.` is that of the server.
   * Default: that of the server; a namespace that may be in another domain is then not created.
   */
  readonly jsDomain?: string;
  /**
   * User and password, a token, the text of a `.creds` file, or an nkey seed. Texts, not paths of files; a
   * function is called at each attempt to connect, so that a login may be replaced. Default: the login in
   * `servers`, else that of a server which `rollcall up` of the same user runs there, else none.
   */
  readonly credentials?:
    | { readonly user: string; readonly pass?: string | (() => string) }
    | { readonly token: string }
    | { readonly creds: string | (() => string) }
    | { readonly nkeySeed: string | (() => string) };
  /**
   * Subject prefix of all replies to this login: `_INBOX` and any suffix. `rollcall access` gives each login
   * one of its own (`inbox-prefix` in its `login.yaml`). Default `_INBOX`.
   */
  readonly inboxPrefix?: string;
  /**
   * CA, client certificate and key, as PEM texts. Default: Node's CAs and no client certificate. With `tls://`
   * in `servers`, or with any of these, a server without TLS is refused.
   */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /**
   * Time limit of the first connection; default 5 s. Until then a server that does not answer, or refuses
   * connections, is tried again, after pauses that grow to a minute if it does not answer. A time in which the event
   * loop stood still hardly counts. A connection that is lost later is reopened without a limit.
   */
  readonly connectWithin?: Duration;
  /**
   * Aborts the start, until the promise of the function resolves: a `Fault` is thrown whose `cause` is the signal's
   * reason. It has no effect after that.
   */
  readonly signal?: AbortSignal;
  /** Receives structured log events. Default: none are logged. */
  readonly log?: Log;
  /** Receives counts and timings. Default: none are recorded. */
  readonly metrics?: Metrics;
}

const connectWithin: Millis = seconds(5);
const never = new AbortController().signal;
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} };

const Servers = z.union(
  [
    z
      .string()
      .min(1)
      .transform((one) => [one]),
    z.array(z.string().min(1)).min(1),
  ],
  { error: 'nats://HOST:PORT, or several of them in an array' },
);

const Secret = z.union([
  z.string().min(1),
  z.custom<() => string>((value) => typeof value === 'function'),
]);

const Credentials = z
  .union(
    [
      z.strictObject({ user: z.string().min(1), pass: Secret.optional() }),
      z.strictObject({ token: z.string().min(1) }),
      z.strictObject({ creds: Secret }),
      z.strictObject({ nkeySeed: Secret }),
    ],
    { error: 'one of { user, pass }, { token }, { creds } and { nkeySeed }, as texts' },
  )
  .optional();

const Pem = z.string().min(1).optional();
const Tls = z.strictObject({ ca: Pem, cert: Pem, key: Pem }).optional();

/** Options that only a connection of the library has. */
const ofOwnConnection = ['servers', 'credentials', 'tls', 'inboxPrefix'] as const;

function refuseBeside(options: StoreOptions): void {
  const connection: unknown = options.connection;
  const isUsable =
    typeof connection === 'function' || (typeof connection === 'object' && connection !== null);
  if (!isUsable) {
    throw new Fault('bad-setting', 'connection: a NATS connection, or a function that opens one');
  }
  const other = ofOwnConnection.find((name) => options[name] !== undefined);
  if (other === undefined) return;
  throw new Fault('bad-setting', `connection and ${other} cannot be combined: give one of them`);
}

/**
 * Connects to the store and returns the ports.
 *
 * For a run, it also publishes the charts of its machines, which the audit refers to.
 * @throws {Fault} `bad-setting`, `store-unavailable`, `store-refused`, `store-misconfigured`,
 *   `server-too-old`, `not-found` (no such namespace, and it is not created)
 */
export async function openPorts(
  options: StoreOptions,
  as: RunRef | string,
  missing: MissingNamespace = 'create',
) {
  const { connection } = options;
  if (connection !== undefined) refuseBeside(options);
  const given = connection === undefined ? readOption('servers', Servers, options.servers) : [];
  const { servers, login } = stripCredentials(given);
  const { user, password, token } = login;
  const ofAddress =
    user === undefined ? token && { token } : { user, ...(password && { pass: password }) };
  readOption('credentials', Credentials, options.credentials);
  readOption('tls', Tls, options.tls);
  const signal = readOption('signal', Signal, options.signal) ?? never;
  readOption('log', withFunctions('debug', 'info', 'warn'), options.log);
  readOption('metrics', withFunctions(...Object.keys(noopMetrics)), options.metrics);
  const credentials = options.credentials ?? (ofAddress || localLogin(servers, localLogins()));
  const jsDomain = readOption('jsDomain', JsDomain.optional(), options.jsDomain);
  const access = {
    servers,
    namespace: readOption('namespace', Namespace, options.namespace ?? 'default'),
    ...(credentials && { credentials }),
    ...(jsDomain !== undefined && { jsDomain }),
    ...(connection && { connection }),
    ...(options.tls && { tls: options.tls }),
    ...(options.inboxPrefix !== undefined && { inboxPrefix: options.inboxPrefix }),
  };
  const within = readOption(
    'connectWithin',
    DurationOrMillis,
    options.connectWithin ?? connectWithin,
  );
  const store = await openRepeatedly(access, { as, signal, within }, missing);
  const ports = portsOf(store, {
    log: options.log ?? silent,
    metrics: options.metrics ?? noopMetrics,
  });
  if (typeof as !== 'string') {
    const { publishCharts } = await importCharts();
    void publishCharts(ports);
  }
  return {
    ports,
    onConnection: store.onConnection,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

const importCharts = importOnce(() => import('../runtime/transitions/publish-charts.ts'));
