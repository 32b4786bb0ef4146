import type { Namespace } from '../../domain/identity/names.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Store } from '../../ports/ports.ts';
import { natsAudit } from './audit.ts';
import { natsCharts } from './charts.ts';
import { type ConnectOptions, connectNats } from './connection/connect.ts';
import { checkServer } from './connection/server-check.ts';
import { subjectNamesOf } from './connection/subject-names.ts';
import { SupervisedConnection } from './connection/supervised-connection.ts';
import { natsDisconnects } from './disconnects/disconnects.ts';
import { natsKeyframes } from './keyframes.ts';
import { natsLeases } from './leases.ts';
import { natsRegistry } from './registry.ts';
import { natsRunMessaging } from './run-messaging.ts';
import type { Finding } from './streams/compare-settings.ts';
import { ensureStreams, inspectStreams } from './streams/ensure-streams.ts';

export interface NatsStoreOptions extends ConnectOptions {
  readonly namespace: Namespace;
  /** Whether a namespace that is not there is made: yes, unless said otherwise. */
  readonly create?: boolean;
  /** Copies of each stream, where this process is the one to create it. */
  readonly replicas?: number;
  /** How long one call on the store may take, all its tries together. */
  readonly answerWithin?: Millis;
}

/** What `doctor` says about the connection. */
interface Standing {
  readonly up: boolean;
  readonly server: string;
  readonly name: string;
  readonly version: string;
  readonly cluster: string | undefined;
}

export interface NatsStore extends Store, AsyncDisposable {
  standing(): Standing;
  /** Settings of the streams that differ from ours and harm nobody, as found at the start. */
  readonly findings: readonly Finding[];
  /** All settings that differ now. */
  inspect(): Promise<readonly Finding[]>;
}

/**
 * Connects, checks the server, and makes sure of the streams.
 * @throws {Fault} `store-unavailable`, `store-refused`, `server-too-old`, `store-misconfigured`,
 *   `not-found` (no such namespace, and it is not to be made)
 */
export async function openNatsStore(options: NatsStoreOptions): Promise<NatsStore> {
  const within = options.answerWithin ?? seconds(5);
  const link = new SupervisedConnection(await connectNats(options));
  const names = subjectNamesOf(options.namespace);
  const streams = { names, replicas: options.replicas ?? 1, within };
  try {
    await checkServer(link, within);
    const findings = await ensureStreams(link, { ...streams, create: options.create ?? true });
    return {
      leases: natsLeases(link, names.leases, within),
      registry: natsRegistry(link, names, within),
      audit: natsAudit(link, names, within),
      keyframes: natsKeyframes(link, names.keyframes, within),
      charts: natsCharts(link, names.keyframes, within),
      messaging: natsRunMessaging(link, names, within),
      disconnects: natsDisconnects(link),
      findings,
      inspect: () => inspectStreams(link, streams),
      standing: () => standing(link),
      [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
    };
  } catch (cause) {
    await link[Symbol.asyncDispose]();
    throw cause;
  }
}

function standing(link: SupervisedConnection): Standing {
  const { info } = link.connection;
  return {
    up: link.up,
    server: link.connection.getServer(),
    name: info?.server_name ?? 'unknown',
    version: info?.version ?? 'unknown',
    cluster: info?.cluster,
  };
}
