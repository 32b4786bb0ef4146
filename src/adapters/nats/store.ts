import type { StreamInfo } from '@nats-io/jetstream';
import { Fault, PublishRefused } from '../../domain/fault.ts';
import type { Namespace } from '../../domain/identity/names.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Store } from '../../ports/ports.ts';
import { natsAudit } from './audit.ts';
import { natsCharts } from './charts.ts';
import { isInboxRefusal } from './connection/client-errors.ts';
import { type ConnectOptions, connectNats } from './connection/connect.ts';
import { ownDomain, subjectInDomain } from './connection/js-domain.ts';
import { checkServer, checkVersion } from './connection/server-check.ts';
import { subjectNamesOf } from './connection/subject-names.ts';
import { SupervisedConnection } from './connection/supervised-connection.ts';
import { isRefused } from './connection/user-rights.ts';
import { natsDisconnects } from './disconnects/disconnects.ts';
import { StoreGuard } from './history/store-guard.ts';
import { natsKeyframes } from './keyframes.ts';
import { natsLeases } from './leases.ts';
import { natsRegistry } from './registry.ts';
import { natsRunMessaging } from './run-messaging.ts';
import type { SettingMismatch } from './streams/compare-settings.ts';
import {
  type EnsureOptions,
  ensureStreams,
  existingStreams,
  inspectStreams,
  streamInfo,
} from './streams/ensure-streams.ts';
import { natsServerTime } from './streams/server-time.ts';
import { StreamKeeper } from './streams/stream-keeper.ts';

export interface NatsStoreOptions extends ConnectOptions {
  readonly namespace: Namespace;
  /** Whether to create a namespace that does not exist; true by default. */
  readonly create?: boolean;
  /** Replicas of each stream that this process creates. */
  readonly replicas?: number;
  /**
   * The JetStream domain that has the namespace; `.`: that of the server, whatever it is called. By default
   * that of the server too, but then a namespace is not created where it may exist in another domain.
   */
  readonly jsDomain?: string;
  /** Time limit of one call of the store, all its tries together. */
  readonly answerWithin?: Millis;
  /** The same for the calls that open the store, when a server may be overloaded; default `answerWithin`. */
  readonly openWithin?: Millis;
}

/** The connection as `doctor` shows it. */
interface ConnectionStatus {
  readonly up: boolean;
  /** Why the server refuses the login; undefined while connected or if it does not answer. */
  readonly loginRefusal: string | undefined;
  /** The subject of the first publish that the current server refused; undefined: none. */
  readonly refusedSubject: string | undefined;
  /** How often the connection was made anew since it was opened. */
  readonly reconnects: number;
  readonly server: string;
  readonly name: string;
  readonly version: string;
  readonly cluster: string | undefined;
}

export interface NatsStore extends Store, AsyncDisposable {
  status(): ConnectionStatus;
  /** Refuses a login that may read only its own keys. @throws {Fault} `store-refused` */
  requireAllReads(): void;
  /** Calls the listener when the connection breaks and when it is back. Returns a function that removes it. */
  onConnection(listener: (isUp: boolean) => void): () => void;
  /** How often lost streams were created again, and why they cannot be. */
  readonly keeper: Pick<StreamKeeper, 'recreated' | 'failure'>;
  /** Stream settings that differed from ours at the start, without breaking a guarantee. */
  readonly findings: readonly SettingMismatch[];
  /** All stream settings that differ now. */
  inspect(): Promise<readonly SettingMismatch[]>;
}

/**
 * Connects, checks the server, and creates missing streams.
 * @throws {Fault} `store-unavailable`, `store-refused`, `server-too-old`, `store-misconfigured`,
 *   `store-too-new`, `not-found` (no such namespace, and `create` is false)
 */
export async function openNatsStore(options: NatsStoreOptions): Promise<NatsStore> {
  const within = options.answerWithin ?? seconds(5);
  const { openWithin = within } = options;
  const connection = new SupervisedConnection(
    await connectNats(options),
    options.jsDomain === ownDomain ? undefined : options.jsDomain,
  );
  const names = subjectNamesOf(options.namespace);
  const streams = {
    ...{ names, replicas: options.replicas ?? 1, within },
    isDomainGiven: options.jsDomain !== undefined,
  };
  try {
    const { create = true } = options;
    const opened = await openStreams(connection, { ...streams, create, within: openWithin });
    const { findings } = opened;
    const guard = new StoreGuard(connection, names);
    const keeper = new StreamKeeper(connection, { ...streams, create });
    guard.lookAlways(within, opened.audit);
    const leases = natsLeases(connection, names.leases, within);
    return {
      leases: keeper.guard({
        ...leases,
        async list(filter: string) {
          await requireLists(options, connection, names.registry.stream, within);
          return leases.list(filter);
        },
      }),
      registry: keeper.guard(natsRegistry(connection, names, guard, within)),
      audit: keeper.guard(natsAudit(connection, names, guard, within)),
      keyframes: keeper.guard(natsKeyframes(connection, names.keyframes, within)),
      charts: keeper.guard(natsCharts(connection, names.keyframes, within)),
      keeper,
      messaging: natsRunMessaging(connection, names, within),
      disconnects: natsDisconnects(connection),
      serverTime: natsServerTime(connection, names.leases.stream, within),
      findings,
      inspect: () => inspectStreams(connection, streams),
      onConnection: (listener) => connection.onChange(listener),
      status: () => statusOf(connection),
      requireAllReads: () => {
        if (connection.reads === 'own-keys') throw ownKeysFault(connection, names.registry.stream);
      },
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    };
  } catch (cause) {
    await connection[Symbol.asyncDispose]();
    throw cause;
  }
}

/**
 * Finds out what this user may read, and opens the streams. A login that may read only its own keys asks for none of
 * them; for any other the two are asked at once.
 */
async function openStreams(
  connection: SupervisedConnection,
  options: EnsureOptions,
): Promise<{ readonly findings: readonly SettingMismatch[]; readonly audit?: StreamInfo }> {
  const { names, within } = options;
  const { stream } = names.registry;
  if (await isForOwnKeys(connection, stream, within)) connection.reads = 'own-keys';
  else {
    const { generation } = connection;
    const reading = readsOf(connection, stream, within);
    const asking = existingStreams(connection, options);
    asking.catch(() => {});
    connection.reads = await reading;
    if (connection.reads === 'everything') {
      const existing = await asking;
      const findings = await ensureStreams(connection, options, existing);
      const audit =
        generation === connection.generation ? existing.get(names.auditStream) : undefined;
      return audit ? { findings, audit } : { findings };
    }
  }
  return { findings: [] };
}

/**
 * Whether the server says that this user may read only its own keys. Only a login with a prefix of inboxes of its own
 * has such rights, and asking for more would be a violation in the log of the server.
 */
async function isForOwnKeys(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<boolean> {
  const states = ['$JS.API.INFO', `$JS.API.STREAM.INFO.${stream}`];
  const isLimited = await isRefused(connection, states, within);
  if (isLimited) checkVersion(connection);
  return isLimited;
}

/**
 * A collector in an agent lists the seats now and then. While the server says that this user may read only its own
 * keys, nothing is asked: each refusal would be a line in the log of the server. When it may read everything, it does.
 * @throws {Fault} `store-refused`
 */
async function requireLists(
  options: NatsStoreOptions,
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<void> {
  if (connection.reads === 'everything' || options.inboxPrefix === undefined) return;
  if (await isForOwnKeys(connection, stream, within)) throw ownKeysFault(connection, stream);
  connection.reads = await readsOf(connection, stream, within);
}

function ownKeysFault({ jsDomain }: SupervisedConnection, stream: string): Fault {
  const what = subjectInDomain(`$JS.API.STREAM.INFO.${stream}`, jsDomain);
  return new PublishRefused(
    'store-refused',
    `this connection may not publish to ${what}: its login may read only the keys of its own host`,
  );
}

/**
 * Checks the server, and finds out what this user may read: the login of an agent may ask neither for the
 * state of JetStream nor for that of a stream.
 */
async function readsOf(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<SupervisedConnection['reads']> {
  try {
    await checkServer(connection, within);
    return 'everything';
  } catch (refusal) {
    if (!isRefusal(refusal) || isInboxRefusal(refusal)) throw refusal;
    try {
      await streamInfo(connection, stream, within);
    } catch (cause) {
      if (isRefusal(cause)) return 'own-keys';
    }
    throw refusal;
  }
}

const isRefusal = (cause: unknown): cause is Fault =>
  cause instanceof Fault && cause.code === 'store-refused';

function statusOf(connection: SupervisedConnection): ConnectionStatus {
  const { info } = connection.client;
  return {
    up: connection.up,
    loginRefusal: connection.loginRefusal,
    refusedSubject: connection.refusedSubject,
    reconnects: connection.generation,
    server: connection.client.getServer(),
    name: info?.server_name ?? 'unknown',
    version: info?.version ?? 'unknown',
    cluster: info?.cluster,
  };
}
