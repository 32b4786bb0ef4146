import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import {
  type ClusterMember,
  type Login,
  newLogins,
  type SyncInterval,
  serverConfig,
} from './config.ts';
import { readyPort, removeStalePortsFiles } from './ports-file.ts';
import { failedStart } from './start-failure.ts';
import { lockFilePrefix, lockStore } from './store-lock.ts';
import { type Guard, startWatchdog } from './watchdog.ts';

/** A server with a large store reads it before it listens. */
const readyWithin: Millis = seconds(60);
const lookEvery: Millis = 20;

export type ServerOptions = {
  /** Path of the nats-server to run: see `locateNatsServer`. */
  binary: string;
  /** Kept between runs: the streams, the log, the configuration. Created if it is not there. */
  storeDir: string;
  /** 0, the default: a free one. */
  port?: number;
  /** Default 127.0.0.1. Where others can reach it, clients need the login `app`. */
  host?: string;
  cluster?: ClusterMember;
  /** Default `always`: nothing that was acknowledged is lost in a power cut. */
  syncInterval?: SyncInterval;
  /** Ends the start. A server that has started is ended by `stop` only, after those it serves. */
  signal?: AbortSignal;
};

/** A running nats-server that ends when it is stopped, disposed, or this process ends. */
export type NatsServer = AsyncDisposable & {
  /**
   * What a client connects to. No login stands in it: the nats client for JavaScript takes a
   * password that starts with a digit for the port.
   */
  readonly url: string;
  /** Needed where the server listens on more than loopback. */
  readonly app: Login;
  /** The user of the system account. */
  readonly system: Login;
  readonly port: number;
  readonly pid: number;
  /** SIGTERM, and SIGKILL after 10 s; resolves once the process is gone. Harmless when repeated. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for whatever reason; never rejects. */
  readonly exited: Promise<ServerEnd>;
};

/** `asked`: by `stop`. The code is 128 + n after signal n. */
type ServerEnd = { asked: boolean; code: number | undefined };

/**
 * Starts a nats-server with JetStream on a store directory and returns once it serves.
 * @throws {Fault} `port-taken`; `server-failed` when the store is in use or cannot be written to,
 * or the server ended or was not ready in time, with the last lines of its log
 */
export async function startNatsServer(options: ServerOptions): Promise<NatsServer> {
  const { host = '127.0.0.1', port = 0, cluster, syncInterval, signal } = options;
  const storeDir = resolve(options.storeDir);
  await makeStore(storeDir);
  const configFile = join(storeDir, 'nats-server.conf');
  const output = join(storeDir, 'nats-server.out');
  const guard = await startWatchdog([resolve(options.binary), '--config', configFile], {
    holdPrefix: lockFilePrefix(storeDir),
    output,
  });
  const logins = newLogins();
  let asked = false;
  const stop = async () => {
    asked = true;
    guard.release();
    await guard.exited;
  };
  try {
    await lockStore(storeDir, guard.pid);
    await removeStalePortsFiles(storeDir);
    const config = serverConfig({ host, port, storeDir, logins, cluster, syncInterval });
    await writeFile(configFile, config, { mode: 0o600 });
    const pid = await guard.go();
    const taken = await untilReady(guard, { storeDir, pid, host: dialled(host), signal });
    const address = `${dialled(host).includes(':') ? `[${dialled(host)}]` : dialled(host)}:${taken}`;
    return {
      url: `nats://${address}`,
      ...logins,
      port: taken,
      pid,
      stop,
      exited: guard.exited.then((code) => ({ asked, code })),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeStore(storeDir: string): Promise<void> {
  try {
    await mkdir(storeDir, { recursive: true, mode: 0o700 });
    await access(storeDir, constants.W_OK);
  } catch (cause) {
    throw new Fault('server-failed', `${storeDir} cannot be used as a store: ${cause}`, { cause });
  }
}

async function untilReady(
  guard: Guard,
  server: { storeDir: string; pid: number; host: string; signal: AbortSignal | undefined },
): Promise<number> {
  const { storeDir, pid, host, signal } = server;
  let ended = false;
  const end = guard.exited.then(() => {
    ended = true;
  });
  const deadline = performance.now() + readyWithin;
  for (;;) {
    signal?.throwIfAborted();
    const port = await readyPort(storeDir, pid, host);
    if (port !== undefined) return port;
    if (ended || performance.now() > deadline) throw await failedStart(storeDir, pid, ended);
    await Promise.race([end, pause(lookEvery)]);
  }
}

/** Where this process reaches a server that listens on every address. */
function dialled(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
