import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';
import { readyPort } from '../../../src/adapters/embedded/ports-file.ts';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { startWatchdog } from '../../../src/adapters/embedded/watchdog.ts';
import type { ServerAccess } from './access.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface Place {
  readonly binary: string;
  readonly storeDir: string;
  readonly signal: AbortSignal;
}

type Running = AsyncDisposable & { readonly url: string; readonly pid: number };

/**
 * `embedded`: as Rollcall starts it. `plain`: without configured accounts, so it sends no notifications of
 * closed connections. `large`: as Rollcall starts it, but it syncs to disk only within two minutes,
 * because a large fleet renews more leases than a small disk can sync one by one.
 */
export type ServerKind = 'embedded' | 'plain' | 'large';

/** Starts a nats-server on a temporary store, which is deleted with it. */
export async function startServer(
  kind: ServerKind,
  env: Environment,
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly access: ServerAccess; readonly pid: number }> {
  await using opened = new AsyncDisposableStack();
  const { path: binary } = await locateNatsServer({
    named: env['ROLLCALL_NATS_SERVER'],
    path: env['PATH'],
    cacheDir: cacheDir(env),
    progress,
    signal,
  });
  const storeDir = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  opened.defer(() => rm(storeDir, { recursive: true, force: true }));
  const place = { binary, storeDir, signal };
  const server = opened.use(await starts[kind](place));
  const kept = opened.move();
  return {
    access: { servers: [server.url] },
    pid: server.pid,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const starts: { readonly [K in ServerKind]: (place: Place) => Promise<Running> } = {
  embedded: startNatsServer,
  plain: startPlain,
  large: (place) => startNatsServer({ ...place, syncInterval: '2m' }),
};

async function startPlain({ binary, storeDir, signal }: Place): Promise<Running> {
  const configFile = join(storeDir, 'nats-server.conf');
  const guard = await startWatchdog([binary, '--config', configFile], {
    lockPrefix: join(storeDir, 'hold'),
    output: join(storeDir, 'nats-server.out'),
  });
  const stop = async () => {
    guard.release();
    await guard.exited;
  };
  try {
    const where = JSON.stringify(storeDir);
    await writeFile(
      configFile,
      `host: 127.0.0.1
port: -1
ports_file_dir: ${where}
jetstream { store_dir: ${where}, sync_interval: always }
`,
    );
    const pid = await guard.go();
    let port: number | undefined;
    while (port === undefined) {
      await pause(20, undefined, { signal });
      port = await readyPort(storeDir, pid, '127.0.0.1');
    }
    return { url: `nats://127.0.0.1:${port}`, pid, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
