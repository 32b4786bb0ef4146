import { connectionName } from '../../adapters/nats/connection/connection-name.ts';
import { TurningTime } from '../../adapters/nats/connection/turning-time.ts';
import { type NatsStore, type NatsStoreOptions, openNatsStore } from '../../adapters/nats/store.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { systemEntropy } from '../../adapters/system/entropy.ts';
import { systemHash } from '../../adapters/system/hash.ts';
import { systemProcesses } from '../../adapters/system/processes.ts';
import { systemSignatures } from '../../adapters/system/signatures.ts';
import { Fault, NoAnswer } from '../../domain/fault.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/** Addresses, namespace and login. */
type Access = Pick<
  NatsStoreOptions,
  | 'servers'
  | 'namespace'
  | 'credentials'
  | 'tls'
  | 'replicas'
  | 'jsDomain'
  | 'inboxPrefix'
  | 'connection'
>;

interface OpenStoreOptions {
  /** Name of the connection on the server: the run that owns it, or its purpose. */
  readonly as: RunRef | string;
  readonly signal: AbortSignal;
  /** The store must answer within this time. */
  readonly within: Millis;
  /** Time limit of later calls, at least 2 s; default `within`. */
  readonly answerWithin?: Millis;
  /** Whether a missing namespace is created. */
  readonly create: boolean;
}

/** Also of each later reconnect: with more servers, one that does not answer must not take a ttl. */
const longestHandshake: Millis = seconds(5);

/**
 * Connects to the store and opens the namespace.
 * @throws {Fault} `store-unavailable`, and the failures of `openNatsStore`
 */
export async function openStore(
  access: Access,
  { as, signal, within, answerWithin = within, create }: OpenStoreOptions,
): Promise<NatsStore> {
  const timeout = new AbortController();
  const time = new TurningTime(within, () => timeout.abort());
  try {
    return await openNatsStore({
      ...access,
      create,
      name: typeof as === 'string' ? `rollcall ${as}` : connectionName(as),
      connectWithin: Math.min(within, longestHandshake),
      answerWithin: Math.max(answerWithin, seconds(2)),
      openWithin: Math.max(within, seconds(2)),
      signal: AbortSignal.any([signal, timeout.signal]),
    });
  } catch (cause) {
    if (!timeout.signal.aborted || signal.aborted || !(cause instanceof Fault)) throw cause;
    throw new NoAnswer(
      'store-unavailable',
      `no NATS server answers ${placeOf(access)} within ${within / 1000} s`,
      {
        cause,
        hint: cause.hint ?? 'check the address and the network between here and the server',
      },
    );
  } finally {
    time.stop();
  }
}

const placeOf = ({ servers, connection }: Access): string =>
  connection === undefined ? `at ${servers.join(', ')}` : 'over the connection that was given';

/** The ports that the core needs, on an open store and this machine. */
export const portsOf = (
  store: NatsStore,
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
): Ports => ({
  leases: store.leases,
  registry: store.registry,
  audit: store.audit,
  keyframes: store.keyframes,
  charts: store.charts,
  messaging: store.messaging,
  disconnects: store.disconnects,
  serverTime: store.serverTime,
  clock: systemClock,
  entropy: systemEntropy,
  processes: systemProcesses(),
  signatures: systemSignatures,
  log,
  metrics,
  hash: systemHash,
});
