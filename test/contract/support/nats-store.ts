import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  connect,
  headers,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import { closeNats, connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { connectionName } from '../../../src/adapters/nats/connection/connection-name.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import type { TestServer } from '../../integration/harness/nats-server.ts';
import { copyByServer, copyDirectory, deleteStream, refuseWatches } from './nats-faults.ts';
import type { Bucket, Open } from './store-under-test.ts';

/** Opens the NATS store on these servers, with a replica on each, each time in a namespace of its own. */
export function natsOn(
  nodes: readonly TestServer[],
  connection?: (wanted: NodeConnectionOptions) => Promise<NatsConnection>,
): Open {
  const servers = nodes.map(({ url }) => url);
  const replicas = nodes.length;
  const only = replicas === 1 ? nodes[0] : undefined;
  return async () => {
    const namespace = Namespace.parse(randomUUID().slice(0, 8));
    const client = (name: string) =>
      openNatsStore({ servers, namespace, name, replicas, ...(connection && { connection }) });
    const store = await client('one');
    const tool = await connect({
      servers: [...servers],
      name: 'somebody’s tool',
      reconnectTimeWait: 100,
      maxReconnectAttempts: -1,
    });
    const names = subjectNamesOf(namespace);
    const write = async (bucket: Bucket, key: string, text: string, operation?: string) => {
      const own = headers();
      if (operation !== undefined) own.set('KV-Operation', operation);
      const options = { headers: own, timeout: 5000 };
      const reply = await tool.request(names[bucket].prefix + key, text, options);
      const { error } = reply.json<{ error?: { description: string } }>();
      if (error !== undefined) throw new Error(error.description);
    };
    return {
      store,
      other: () => client('other'),
      connections: (of) => {
        const as = of ? connectionName(of) : 'somebody’s tool';
        return Promise.all(servers.map((server) => connectionTo(server, as)));
      },
      put: (bucket, key, text) => write(bucket, key, text),
      remove: (bucket, key) => write(bucket, key, '', 'DEL'),
      copy: (stream, restored) =>
        stream === 'registry' && only && restored === undefined
          ? copyDirectory(tool, only, names.registry.stream)
          : copyByServer(tool, names, stream),
      makeAnew: async (stream) => {
        await deleteStream(tool, names, stream);
        await using _ = await client('creator');
      },
      refuseWatches: () => refuseWatches(tool, names),
      elapse: async (duration) => {
        await pause(duration);
      },
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        const { auditStream, registry, leases, keyframes } = names;
        for (const stream of [auditStream, registry.stream, leases.stream, keyframes.stream]) {
          await tool.request(`$JS.API.STREAM.DELETE.${stream}`, '', { timeout: 5000 });
        }
        await tool.close();
      },
    };
  };
}

async function connectionTo(server: string, name: string): Promise<AsyncDisposable> {
  const connection = await connectNats({ servers: [server], name });
  return {
    async [Symbol.asyncDispose]() {
      // A socket that is closed before all was read from it is reset: to the server a read error.
      await connection.flush();
      await closeNats(connection);
    },
  };
}
