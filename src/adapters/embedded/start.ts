import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { lockFilePrefix } from '../files/folder-lock.ts';
import {
  type ClusterMember,
  type Login,
  logFile,
  newLogins,
  type PingInterval,
  type SyncInterval,
  serverConfig,
} from './config.ts';
import { readyPort, removeStalePortsFiles } from './ports-file.ts';
import { lockStore } from './store-lock.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** A server reads its store before it listens, which takes long for a large one. */
const readyWithin: Millis = seconds(60);
const pollInterval: Millis = 20;
const shownLines = 8;

export type ServerOptions = {
  /** Path of the nats-server binary: see `locateNatsServer`. */
  binary: string;
  /** Streams, log and configuration; kept between runs. Created if it does not exist. */
  storeDir: string;
  /** 0, the default, is any free port. */
  port?: number;
  /** Default 127.0.0.1. On other addresses clients need the login `app`. */
  host?: string;
  cluster?: ClusterMember;
  /** Default `always`: a power failure loses no acknowledged write. */
  syncInterval?: SyncInterval;
  pingInterval?: PingInterval;
  /** Whether clients on this machine need the login `app` too: other users of it could connect. */
  needsLogin?: boolean;
  /** File with the accounts and users, relative to the store. Default: those of `app` and `system`. */
  accounts?: string | undefined;
  /** File with the block `tls`, relative to the store. Default: no TLS. */
  tls?: string | undefined;
  /** Aborts the start. A running server is ended only by `stop`, after its clients. */
  signal?: AbortSignal;
};

/** A running nats-server that ends when it is stopped, disposed, or this process ends. */
export type NatsServer = AsyncDisposable & {
  /**
   * The address for clients, without a login: the NATS client for JavaScript reads a password that
   * starts with a digit as the port.
   */
  readonly url: string;
  /** Required if the server listens on more than loopback. */
  readonly app: Login;
  /** The user of the system account. */
  readonly system: Login;
  readonly port: number;
  readonly pid: number;
  /** Sends SIGTERM, and SIGKILL after 10 s. Resolves when the process has ended. Idempotent. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for any reason. Never rejects. */
  readonly exited: Promise<ServerEnd>;
};

/** `asked` is true after a call of `stop`. `code` is 128 + n after signal n. */
type ServerEnd = { asked: boolean; code: number | undefined };

/**
 * Starts a nats-server with JetStream on a store directory and returns when it is ready.
 * @throws {Fault} `port-taken`; `server-failed` if the store is in use or not writable, or if the
 * server ended or was not ready in time, with the last lines of its log
 */
export async function startNatsServer(options: ServerOptions): Promise<NatsServer> {
  const { host = '127.0.0.1', port = 0, cluster, syncInterval, pingInterval, signal } = options;
  const { needsLogin, accounts, tls } = options;
  const storeDir = resolve(options.storeDir);
  await makeStore(storeDir);
  const configFile = join(storeDir, 'nats-server.conf');
  const output = join(storeDir, 'nats-server.out');
  const watchdog = await startWatchdog([resolve(options.binary), '--config', configFile], {
    lockPrefix: lockFilePrefix(storeDir),
    output,
  });
  const logins = newLogins();
  let asked = false;
  const stop = async () => {
    asked = true;
    watchdog.release();
    await watchdog.exited;
  };
  try {
    await lockStore(storeDir, watchdog.pid);
    await removeStalePortsFiles(storeDir);
    const settings = {
      host,
      port,
      storeDir,
      logins,
      cluster,
      syncInterval,
      pingInterval,
      needsLogin,
      accounts,
      tls,
    };
    const config = serverConfig(settings);
    await writeFile(configFile, config, { mode: 0o600 });
    const pid = await watchdog.go();
    const taken = await untilReady(watchdog, { storeDir, pid, host: reachableHost(host), signal });
    const address = `${reachableHost(host).includes(':') ? `[${reachableHost(host)}]` : reachableHost(host)}:${taken}`;
    return {
      url: `${tls === undefined ? 'nats' : 'tls'}://${address}`,
      ...logins,
      port: taken,
      pid,
      stop,
      exited: watchdog.exited.then((code) => ({ asked, code })),
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
    throw new Fault('server-failed', `the store directory ${storeDir} is not usable: ${cause}`, {
      cause,
      hint: 'choose a directory that this user may write to',
    });
  }
}

async function untilReady(
  watchdog: Watchdog,
  server: { storeDir: string; pid: number; host: string; signal: AbortSignal | undefined },
): Promise<number> {
  const { storeDir, pid, host, signal } = server;
  let ended = false;
  const end = watchdog.exited.then(() => {
    ended = true;
  });
  const deadline = performance.now() + readyWithin;
  for (;;) {
    signal?.throwIfAborted();
    const port = await readyPort(storeDir, pid, host);
    if (port !== undefined) return port;
    if (ended || performance.now() > deadline) throw await failedStart(storeDir, pid, ended);
    await Promise.race([end, pause(pollInterval)]);
  }
}

/** The address at which this process reaches the server; also if it listens on all addresses. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** The reason why a server did not start, from its output and from its own lines in the log. */
async function failedStart(storeDir: string, pid: number, ended: boolean): Promise<Fault> {
  const printed = await readFile(join(storeDir, 'nats-server.out'), 'utf8').catch(() => '');
  const log = await readFile(logFile(storeDir), 'utf8').catch(() => '');
  const logged = log.split('\n').filter((line) => line.startsWith(`[${pid}]`));
  const lines = [...logged.slice(-shownLines), ...printed.trim().split('\n').slice(-shownLines)];
  const taken = /listen tcp \S*?(\S+:\d+): bind: address already in use/.exec(
    lines.join('\n'),
  )?.[1];
  if (taken !== undefined) {
    return new Fault('port-taken', `${taken} is taken by another program`, {
      hint: 'choose another port, or 0 for any free port',
    });
  }
  const what = ended ? 'ended during its start' : 'was not ready after a minute';
  const output = lines.filter((line) => line !== '').map((line) => `\n  ${line}`);
  return new Fault('server-failed', `nats-server ${what}; its output:${output.join('')}`, {
    hint: `the complete log is ${logFile(storeDir)}`,
  });
}
