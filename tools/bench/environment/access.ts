import { Buffer } from 'node:buffer';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import {
  type NatsStore,
  type NatsStoreOptions,
  openNatsStore,
} from '../../../src/adapters/nats/store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { systemProcesses } from '../../../src/adapters/system/processes.ts';
import { systemSignatures } from '../../../src/adapters/system/signatures.ts';
import type { Namespace, RunRef } from '../../../src/domain/identity/names.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import type { Ports, Store } from '../../../src/ports/ports.ts';

/** The server and its credentials. Child processes receive this object unchanged. */
export type ServerAccess = Pick<
  NatsStoreOptions,
  'servers' | 'credentials' | 'tls' | 'replicas' | 'inboxPrefix' | 'create'
>;

/** A namespace on the server that only this benchmark uses. */
export type Access = ServerAccess & { readonly namespace: Namespace };

const silent: Ports['log'] = { debug() {}, info() {}, warn() {} };

/** `within`: how long it may take; default: as long as each of its requests may. */
export const openStore = (
  access: Access,
  as: RunRef | string,
  within?: Millis,
): Promise<NatsStore> =>
  openNatsStore({
    ...access,
    name: typeof as === 'string' ? `bench ${as}` : connectionName(as),
    ...(within !== undefined && { openWithin: within, signal: AbortSignal.timeout(within) }),
  });

export const portsOf = (store: Store): Ports => ({
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
  log: silent,
  metrics: noopMetrics,
});

/** A connection of the bare client, for floors: the server without any code of Rollcall. */
export const connectBare = (access: ServerAccess): Promise<NatsConnection> =>
  connectNats({ ...access, name: 'bench bare' });

/** Deletes everything of a namespace from the server. */
export async function dropStreams(bare: NatsConnection, namespace: Namespace): Promise<void> {
  const { leases, registry, keyframes, auditStream } = subjectNamesOf(namespace);
  for (const stream of [auditStream, registry.stream, leases.stream, keyframes.stream]) {
    await bare.request(`$JS.API.STREAM.DELETE.${stream}`, Buffer.alloc(0), { timeout: 10_000 });
  }
}
