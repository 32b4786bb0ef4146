import { randomUUID } from 'node:crypto';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  GenericContainer,
  getContainerRuntimeClient,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { until } from '../../harness/until.ts';
import { type Disk, openDisk } from '../faults/disk.ts';
import type { ChaosServer, ChaosServers, Condition } from './servers.ts';

const configuration = fileURLToPath(new URL('../../../../docker', import.meta.url));

const names = ['node-1', 'node-2', 'node-3'] as const;

/**
 * Three containers with the configuration of docker-compose.yml. Clients use the default network, the servers
 * a separate one. A server disconnected from the separate network is isolated.
 */
export async function startContainers(image: string): Promise<ChaosServers> {
  // The reaper is another image to download; this file stops every container that it starts.
  env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  await using opened = new AsyncDisposableStack();
  const { container, network } = await getContainerRuntimeClient();
  // Internal, so that container ports are never published through this network.
  const name = `rollcall-chaos-${randomUUID()}`;
  const { id } = await container.dockerode.createNetwork({ Name: name, Internal: true });
  const routes = network.getById(id);
  opened.defer(() => routes.remove());
  const ports = await freePorts(6);
  const disks = await Promise.all(names.map(async () => opened.use(await openDisk())));
  const nodes = await Promise.all(
    names.map(async (name, at) => {
      const disk = disks[at];
      if (!disk) throw new Error('each server has a disk');
      const [port = 0, monitor = 0] = [ports[at], ports[at + 3]];
      const running = await new GenericContainer(image)
        .withCommand(['--name', name, '--config', '/etc/rollcall/nats-cluster.conf', '-m', '8222'])
        .withBindMounts([
          { source: configuration, target: '/etc/rollcall', mode: 'ro' },
          { source: disk.directory, target: '/data', mode: 'rw' },
        ])
        .withExposedPorts({ container: 4222, host: port }, { container: 8222, host: monitor })
        .withWaitStrategy(Wait.forLogMessage(/Listening for client connections/))
        .start();
      opened.defer(async () => void (await running.stop({ timeout: 0 })));
      const docker = container.getById(running.getId());
      await routes.connect(join(running, name));
      return { node: nodeOf(name, port, disk, running, docker, routes, monitor), monitor };
    }),
  );
  const answering = () => nodes.filter(({ node }) => node.condition === 'well');
  const closing = opened.move();
  return {
    kind: 'containers',
    nodes: nodes.map(({ node }) => node),
    metaLeader: async () => metaLeaderOf(answering()[0]?.monitor),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

const join = (container: StartedTestContainer, name: string) => ({
  Container: container.getId(),
  EndpointConfig: { Aliases: [name] },
});

type Client = Awaited<ReturnType<typeof getContainerRuntimeClient>>;
type Container = ReturnType<Client['container']['getById']>;
type Routes = ReturnType<Client['network']['getById']>;

function nodeOf(
  name: string,
  port: number,
  disk: Disk,
  running: StartedTestContainer,
  docker: Container,
  routes: Routes,
  monitor: number,
): ChaosServer {
  let condition: Condition = 'well';
  const become = async (next: Condition, doing: () => Promise<unknown>) => {
    if (next !== 'well') condition = next;
    await doing();
    condition = next;
  };
  return {
    ...{ name, port, disk },
    get condition() {
      return condition;
    },
    kill: () => become('down', () => docker.kill({ signal: 'KILL' })),
    stop: () => become('down', () => docker.stop()),
    start: () =>
      become('well', async () => {
        await docker.start();
        await until(`${name} answers`, () => answers(monitor));
      }),
    freeze: () => become('frozen', () => docker.pause()),
    thaw: () => become('well', () => docker.unpause()),
    isolate: () =>
      become('isolated', () => routes.disconnect({ Container: running.getId(), Force: true })),
    rejoin: () => become('well', () => routes.connect(join(running, name))),
  };
}

async function answers(monitor: number): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${monitor}/varz`).catch(() => undefined))?.ok ?? false;
}

/** The cluster leader by one server; undefined if it does not answer or knows none. */
async function metaLeaderOf(monitor: number | undefined): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(2000);
    const reply = await fetch(`http://127.0.0.1:${monitor}/jsz`, { signal });
    const told: unknown = await reply.json();
    const { meta_cluster } = told as { meta_cluster?: { leader?: string } };
    return meta_cluster?.leader;
  } catch {
    return undefined;
  }
}
