import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startWatchdog } from '../../../src/adapters/embedded/watchdog.ts';
import { EtcdClient } from './etcd-client.ts';
import { findProgram } from './find-program.ts';
import { freePorts } from './free-ports.ts';
import type { Environment } from './server.ts';

/** One etcd on a temporary store, which is deleted with it. */
export interface Etcd extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  /** Its name and version, as in `etcd 3.4.23`. */
  readonly name: string;
}

/** The parts of a benchmark's environment that this needs. */
export interface EtcdOptions {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** More than the thousand records of one agent. etcd accepts 128 by default. */
const operationsPerTransaction = '4096';
const bytesPerRequest = `${10 * 2 ** 20}`;

/**
 * Starts etcd, which syncs every transaction to disk.
 * @returns undefined if no program `etcd` is on the PATH
 */
export async function startEtcd({ env, signal }: EtcdOptions): Promise<Etcd | undefined> {
  const binary = await findProgram('etcd', env);
  if (binary === undefined) return undefined;
  await using opened = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-bench-etcd-'));
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 20 }));
  const [clients = 0, peers = 0] = await freePorts(2);
  const address = `127.0.0.1:${clients}`;
  const guard = await startWatchdog(
    [
      binary,
      ...['--data-dir', join(dir, 'data'), '--log-level', 'error'],
      ...['--listen-client-urls', `http://${address}`],
      ...['--advertise-client-urls', `http://${address}`],
      ...['--listen-peer-urls', `http://127.0.0.1:${peers}`],
      ...['--initial-advertise-peer-urls', `http://127.0.0.1:${peers}`],
      ...['--initial-cluster', `default=http://127.0.0.1:${peers}`],
      ...['--max-txn-ops', operationsPerTransaction, '--max-request-bytes', bytesPerRequest],
    ],
    { lockPrefix: join(dir, 'hold'), output: join(dir, 'etcd.out') },
  );
  opened.defer(async () => {
    guard.release();
    await guard.exited;
  });
  await guard.go();
  const version = await firstAnswer(address, signal);
  const kept = opened.move();
  return {
    address,
    name: `etcd ${version}`,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function firstAnswer(address: string, signal: AbortSignal): Promise<string> {
  const end = performance.now() + 20_000;
  for (;;) {
    const client = new EtcdClient(address);
    try {
      return await client.version();
    } catch (cause) {
      if (performance.now() > end) throw new Error('etcd did not answer in 20 s', { cause });
    } finally {
      client.close();
    }
    await pause(100, undefined, { signal });
  }
}
