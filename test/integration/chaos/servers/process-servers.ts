import { randomBytes } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { startTestServer, type TestServer } from '../../harness/nats-server.ts';
import { startProxy, type TestProxy } from '../../harness/proxy.ts';
import { type Disk, openDisk } from '../faults/disk.ts';
import type { ChaosServer, ChaosServers, Condition } from './servers.ts';

/** No process listens here, so that advertised members are reached only through a proxy. */
const nowhere = '127.0.0.1:1';

const names = ['node-1', 'node-2', 'node-3'] as const;

/**
 * Three processes on this machine. Each connects to each other server through a separate proxy. A server can
 * be isolated from both others in both directions while its clients still reach it.
 */
export async function startProcesses(): Promise<ChaosServers> {
  await using opened = new AsyncDisposableStack();
  const ports = await freePorts(6);
  const portsOf = (at: number) => ({ client: ports[at] ?? 0, routes: ports[at + 3] ?? 0 });
  const secret = randomBytes(18).toString('hex');
  const disks = await Promise.all(names.map(async () => opened.use(await openDisk())));
  const ways = await Promise.all(
    names.flatMap((_, from) =>
      names.flatMap((_, to) =>
        from === to
          ? []
          : startProxy({ port: portsOf(to).routes }).then((proxy) => ({
              ...{ from, to },
              proxy: opened.use(proxy),
            })),
      ),
    ),
  );
  const nodes = await Promise.all(
    disks.map(async (disk, at) => {
      const { client, routes } = portsOf(at);
      const cluster = {
        ...{ name: 'chaos', serverName: `node-${at + 1}`, port: routes, secret },
        peers: ways.filter(({ from }) => from === at).map(({ proxy }) => proxy.port),
        ...{ advertise: false, toldAs: nowhere },
      };
      const storeDir = disk.directory;
      const server = opened.use(await startTestServer({ port: client, cluster, storeDir }));
      const touching = ways.filter(({ from, to }) => from === at || to === at);
      const proxies = touching.map(({ proxy }) => proxy);
      return { server, node: nodeOf(cluster.serverName, server, disk, proxies) };
    }),
  );
  const closing = opened.move();
  return {
    kind: 'processes',
    nodes: nodes.map(({ node }) => node),
    metaLeader: () => metaLeaderOf(nodes.filter(({ node }) => node.condition === 'well')),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function nodeOf(
  name: string,
  server: TestServer,
  disk: Disk,
  routes: readonly TestProxy[],
): ChaosServer {
  let condition: Condition = 'well';
  const become = async (next: Condition, doing: unknown) => {
    if (next !== 'well') condition = next;
    await doing;
    condition = next;
  };
  return {
    ...{ name, port: server.port, disk },
    get condition() {
      return condition;
    },
    kill: () => become('down', server.kill()),
    stop: () => become('down', server.stop()),
    start: () => become('well', server.restart()),
    freeze: () => become('frozen', server.freeze()),
    thaw: () => become('well', server.thaw()),
    isolate: () =>
      become(
        'isolated',
        routes.map((proxy) => proxy.blackhole()),
      ),
    rejoin: () => become('well', Promise.all(routes.map((proxy) => proxy.pass()))),
  };
}

/** Asks the system account of any healthy server. */
async function metaLeaderOf(
  from: readonly { readonly server: TestServer }[],
): Promise<string | undefined> {
  const [asked] = from;
  if (!asked) return undefined;
  const nc = await connect({ servers: asked.server.url, ...asked.server.system, timeout: 2000 });
  try {
    const subject = `$SYS.REQ.SERVER.${nc.info?.server_id}.JSZ`;
    const reply = await nc.request(subject, '{}', { timeout: 2000 });
    const { data } = reply.json<{ data?: { meta_cluster?: { leader?: string } } }>();
    return data?.meta_cluster?.leader;
  } finally {
    await nc.close();
  }
}
