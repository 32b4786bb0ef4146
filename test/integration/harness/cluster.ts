import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { SyncInterval } from '../../../src/adapters/embedded/config.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { startTestServer, type TestServer } from './nats-server.ts';

/** Real servers that form one JetStream cluster; streams with as many replicas can be created. */
export type TestCluster = AsyncDisposable & {
  readonly nodes: readonly TestServer[];
  /** All of them, for a client that may go anywhere. */
  readonly urls: readonly string[];
  /**
   * The node that leads a stream, waiting for one to be elected. After a kill or freeze, name the
   * old leader as `not`, because the other nodes report it for seconds longer.
   */
  leaderOf(stream: string, options?: { not?: TestServer; within?: number }): Promise<TestServer>;
  /** Waits until a stream with a replica on every node can be created. */
  ready(within?: number): Promise<void>;
};

/**
 * Starts a cluster and waits until it can create streams.
 *
 * With `advertise: false` the nodes do not tell clients of each other: for tests with a proxy in
 * front of a node, which a client would leave for an address that it learned.
 */
export async function startTestCluster(
  size = 3,
  {
    advertise = true,
    syncInterval,
    storeDirs = [],
  }: {
    advertise?: boolean;
    syncInterval?: SyncInterval | undefined;
    /** Stores that the caller removes; by default each server has one that is deleted with it. */
    storeDirs?: readonly string[];
  } = {},
): Promise<TestCluster> {
  await using opened = new AsyncDisposableStack();
  const ports = await freePorts(2 * size);
  const [clients, peers] = [ports.slice(0, size), ports.slice(size)];
  const shared = {
    name: 'rollcall-test',
    peers,
    secret: randomBytes(18).toString('hex'),
    advertise,
  };
  const nodes = await Promise.all(
    peers.map(async (port, i) => {
      const cluster = { ...shared, serverName: `node-${i + 1}`, port };
      const storeDir = storeDirs[i];
      return opened.use(
        await startTestServer({
          ...{ port: clients[i] ?? 0, cluster },
          ...(syncInterval && { syncInterval }),
          ...(storeDir !== undefined && { storeDir }),
        }),
      );
    }),
  );
  const urls = nodes.map((node) => node.url);
  const nc = await connectAnywhere(urls);
  opened.defer(() => nc.close());
  const jsm = await eventually(20_000, () => jetstreamManager(nc, { timeout: 1000 }));
  const cluster: TestCluster = {
    nodes,
    urls,
    leaderOf: (stream, { not, within = 30_000 } = {}) =>
      eventually(within, async () => {
        const leader = (await jsm.streams.info(stream)).cluster?.leader;
        const node = nodes[Number(leader?.replace('node-', '')) - 1];
        if (node === undefined || node === not) throw new Error(`${stream} has no leader`);
        return node;
      }),
    ready: (within = 30_000) => eventually(within, () => createAndDelete(jsm, size)),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
  await cluster.ready();
  const closing = opened.move();
  return cluster;
}

/** Waits until a stream with a replica on each of these can be created. */
export async function untilReady(urls: readonly string[], within = 60_000): Promise<void> {
  const nc = await connectAnywhere([...urls]);
  try {
    const jsm = await jetstreamManager(nc, { timeout: 1000, checkAPI: false });
    await eventually(within, () => createAndDelete(jsm, urls.length));
  } finally {
    await nc.close();
  }
}

/** A connection of the harness itself, quick to leave a node that was killed or frozen. */
function connectAnywhere(servers: string[]): Promise<NatsConnection> {
  return connect({
    servers,
    name: 'test-harness',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    pingInterval: 500,
    maxPingOut: 2,
  });
}

/** The only proof that every node is active; account information is available much earlier. */
async function createAndDelete(jsm: JetStreamManager, replicas: number): Promise<void> {
  const name = `READY_${randomBytes(6).toString('hex')}`;
  await jsm.streams.add({ name, subjects: [name], storage: 'memory', num_replicas: replicas });
  await jsm.streams.delete(name);
}

/** Tries again until it succeeds; fails with the last reason. */
async function eventually<T>(within: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(100);
    }
  }
}
