import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, kill } from 'node:process';
import type { ClusterMember, Login, SyncInterval } from '../../../src/adapters/embedded/config.ts';
import { type NatsServer, startNatsServer } from '../../../src/adapters/embedded/start.ts';

/** A real server for one test, on a free loopback port, with a store that is deleted with it. */
export type TestServer = AsyncDisposable & {
  /** Stays the same over restarts. */
  readonly url: string;
  readonly port: number;
  readonly storeDir: string;
  /** The user of the system account, for `connect`; changes with every restart. */
  readonly system: Login;
  /** The pid of the present or last process. */
  readonly pid: number;
  /** Ends it with SIGTERM. */
  stop(): Promise<void>;
  /** Ends it by a signal, SIGKILL by default, and waits until the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Restarts it on the same port and store, after SIGTERM if it still runs. */
  restart(): Promise<void>;
  /** SIGSTOP: the connections stay open and nothing answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
};

export async function startTestServer(
  options: {
    port?: number;
    cluster?: ClusterMember;
    syncInterval?: SyncInterval;
    /** A store that the caller removes; by default one that is deleted with the server. */
    storeDir?: string;
  } = {},
): Promise<TestServer> {
  const binary = env['ROLLCALL_NATS_SERVER'];
  if (binary === undefined) throw new Error('the global setup of the real tests did not run');
  const storeDir = options.storeDir ?? (await mkdtemp(join(tmpdir(), 'rollcall-test-')));
  const start = (port: number) => startNatsServer({ ...options, binary, storeDir, port });
  let server: NatsServer = await start(options.port ?? 0);
  const { url, port } = server;
  const stop = async () => {
    signalIfAlive(server.pid, 'SIGCONT');
    await server.stop();
  };
  return {
    url,
    port,
    storeDir,
    get system() {
      return server.system;
    },
    get pid() {
      return server.pid;
    },
    stop,
    kill: async (signal = 'SIGKILL') => {
      signalIfAlive(server.pid, signal);
      await server.exited;
    },
    restart: async () => {
      await stop();
      server = await start(port);
    },
    freeze: () => freezeNow(server.pid),
    thaw: () => signalIfAlive(server.pid, 'SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await stop();
      if (options.storeDir !== undefined) return;
      await rm(storeDir, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

/** The kernel stops the threads one after the other: a busy server can answer for a moment after the signal. */
function freezeNow(pid: number): void {
  signalIfAlive(pid, 'SIGSTOP');
  const end = performance.now() + 2000;
  while (performance.now() < end && !allThreadsAre(pid, /\) [TtZX] /)) {
    // The stop takes less than a millisecond, unless the machine is busy.
  }
}

function allThreadsAre(pid: number, state: RegExp): boolean {
  try {
    return globSync(`/proc/${pid}/task/*/stat`).every((file) =>
      state.test(readFileSync(file, 'utf8')),
    );
  } catch {
    return false; // a thread ended meanwhile
  }
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
