import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { type NatsServer, startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { connectBare, type ServerAccess } from './access.ts';
import { freePorts } from './free-ports.ts';
import type { Environment } from './server.ts';

/** Servers of the benchmark that can be killed and restarted. */
export interface Cluster extends AsyncDisposable {
  readonly access: ServerAccess;
  /** Sends SIGKILL to the leader of this stream, or to the only server. */
  killLeader(stream: string): Promise<void>;
  /** Sends SIGKILL to every server. */
  killAll(): Promise<void>;
  /** The process ids of the servers; those of killed ones are old. */
  pids(): readonly number[];
  /** Restarts all killed servers. */
  revive(): Promise<void>;
}

/** Starts a number of servers on temporary stores. Each stream has a replica on every server. */
export async function startCluster(
  size: 1 | 3,
  env: Environment,
  progress: (message: string) => void,
  signal: AbortSignal,
  { isLarge = false }: { readonly isLarge?: boolean } = {},
): Promise<Cluster> {
  await using opened = new AsyncDisposableStack();
  const { path: binary } = await locateNatsServer({
    ...{ named: env['ROLLCALL_NATS_SERVER'], path: env['PATH'], cacheDir: cacheDir(env) },
    ...{ progress, signal },
  });
  const root = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  opened.defer(() => rm(root, { recursive: true, force: true, maxRetries: 20 }));
  const ports = await freePorts(2 * size);
  const peers = ports.slice(size);
  const shared = { name: 'bench', peers, secret: randomBytes(18).toString('hex'), advertise: true };
  const start = (n: number): Promise<NatsServer> =>
    startNatsServer({
      ...{ binary, storeDir: join(root, `${n}`), port: ports[n] ?? 0, signal },
      // As docs/how-to/run-a-large-fleet.md says. SIGKILL takes nothing from the page cache.
      ...(isLarge && { syncInterval: '2m', pingInterval: '10s' }),
      ...(size > 1 && {
        cluster: { ...shared, serverName: `node-${n}`, port: peers[n] ?? 0 },
      }),
    });
  const servers = await Promise.all(Array.from({ length: size }, (_, n) => start(n)));
  opened.defer(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
  const access = { servers: servers.map(({ url }) => url), replicas: size };
  const dead = new Set<number>();
  if (size > 1) await untilReady(access, signal);
  const killOne = async (n: number): Promise<void> => {
    const server = servers[n];
    if (!server) throw new Error(`the cluster has no server ${n}`);
    kill(server.pid, 'SIGKILL');
    await server.exited;
    dead.add(n);
  };
  const kept = opened.move();
  return {
    access,
    killLeader: async (stream) => killOne(size === 1 ? 0 : await leaderOf(stream, access)),
    async killAll() {
      await Promise.all(servers.map((_, n) => killOne(n)));
    },
    pids: () => servers.map(({ pid }) => pid),
    async revive() {
      await Promise.all(
        [...dead].map(async (n) => {
          servers[n] = await start(n);
        }),
      );
      dead.clear();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function leaderOf(stream: string, access: ServerAccess): Promise<number> {
  const bare = await connectBare(access);
  try {
    const manager = await jetstreamManager(bare, { timeout: 5000 });
    const leader = (await manager.streams.info(stream)).cluster?.leader;
    return Number(leader?.replace('node-', ''));
  } finally {
    await bare.close();
  }
}

/** Waits until a stream with a replica on every server can be created. */
async function untilReady(access: ServerAccess, signal: AbortSignal): Promise<void> {
  const bare = await connectBare(access);
  try {
    for (;;) {
      try {
        const manager = await jetstreamManager(bare, { timeout: 1000 });
        const probe = { name: 'ready', subjects: ['ready'], num_replicas: access.replicas ?? 1 };
        await manager.streams.add(probe);
        await manager.streams.delete('ready');
        return;
      } catch {
        await pause(200, undefined, { signal });
      }
    }
  } finally {
    await bare.close();
  }
}
