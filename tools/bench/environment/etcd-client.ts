import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  type Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** A key and its value, both as text. */
export interface EtcdEntry {
  readonly key: string;
  readonly value: string;
}

interface KeyValue {
  readonly key: Buffer;
  readonly value: Buffer;
}

const definition = loadSync(fileURLToPath(new URL('etcd.proto', import.meta.url)), {
  keepCase: true,
  longs: String,
});
const api = loadPackageDefinition(definition)['etcdserverpb'] as GrpcObject;

/** A gRPC client of etcd with a connection of its own. */
export class EtcdClient {
  private readonly clients: ReadonlyMap<string, Client>;
  private isClosed = false;

  constructor(address: string) {
    const options = {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
    };
    const first = new (serviceOf('KV'))(address, credentials.createInsecure(), options);
    const shared = { ...options, channelOverride: first.getChannel() };
    const more = ['Watch', 'Lease', 'Maintenance'].map(
      (name) =>
        [name, new (serviceOf(name))(address, credentials.createInsecure(), shared)] as const,
    );
    this.clients = new Map<string, Client>([['KV', first], ...more]);
  }

  async version(): Promise<string> {
    return (await this.call<{ version: string }>('Maintenance', 'Status', {})).version;
  }

  /** A new lease; the answer is its id. */
  async grantLease(ttlSeconds = 15): Promise<string> {
    return (await this.call<{ ID: string }>('Lease', 'LeaseGrant', { TTL: ttlSeconds })).ID;
  }

  /** Stores new keys under a lease in one transaction, which fails if one of them exists. */
  async create(entries: readonly EtcdEntry[], lease: string): Promise<void> {
    const { succeeded } = await this.call<{ succeeded: boolean }>('KV', 'Txn', {
      compare: entries.map(({ key }) => ({
        result: 'EQUAL',
        target: 'VERSION',
        key: Buffer.from(key),
        version: 0,
      })),
      success: entries.map(({ key, value }) => ({
        request_put: { key: Buffer.from(key), value: Buffer.from(value), lease },
      })),
    });
    if (!succeeded) throw new Error(`etcd has one of these keys: ${entries[0]?.key}…`);
  }

  /** All values whose key begins with the prefix. */
  async list(prefix: string): Promise<readonly Buffer[]> {
    const { kvs } = await this.call<{ kvs: readonly KeyValue[] }>('KV', 'Range', rangeOf(prefix));
    return kvs.map(({ value }) => value);
  }

  /** Passes on each key that is stored from now on. Resolves when etcd watches. */
  async watch(prefix: string, take: (key: string) => void): Promise<void> {
    const watch = this.method('Watch', 'Watch') as () => NodeJS.ReadWriteStream;
    const stream = watch();
    stream.on('error', (error) => {
      if (!this.isClosed) throw error;
    });
    stream.on('data', ({ events }: { events?: readonly { kv: KeyValue }[] }) => {
      for (const { kv } of events ?? []) take(kv.key.toString());
    });
    stream.write({ create_request: rangeOf(prefix) } as unknown as string);
    await once(stream, 'data');
  }

  close(): void {
    this.isClosed = true;
    for (const client of this.clients.values()) client.close();
  }

  private call<T>(service: string, method: string, request: object): Promise<T> {
    const send = this.method(service, method);
    return new Promise((resolve, reject) => {
      send(request, (error: Error | null, answer: T) => (error ? reject(error) : resolve(answer)));
    });
  }

  private method(service: string, name: string): (...given: unknown[]) => unknown {
    const client = this.clients.get(service) as unknown as Record<
      string,
      (...given: unknown[]) => unknown
    >;
    const method = client[name];
    if (method === undefined) throw new Error(`etcd.proto has no ${service}.${name}`);
    return method.bind(client);
  }
}

const serviceOf = (name: string): ServiceClientConstructor => api[name] as ServiceClientConstructor;

/** All keys with this prefix: up to the first key that no longer begins with it. */
function rangeOf(prefix: string): { readonly key: Buffer; readonly range_end: Buffer } {
  const end = Buffer.from(prefix);
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return { key: Buffer.from(prefix), range_end: end };
}
