import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../adapters/embedded/cache-dir.ts';
import { locateNatsServer } from '../adapters/embedded/locate.ts';
import { startNatsServer } from '../adapters/embedded/start.ts';
import type { ServerAccess } from './access.ts';

/** A nats-server of our own, on a temporary store that goes with it. */
export async function startServer(
  env: Readonly<Record<string, string | undefined>>,
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<AsyncDisposable & { readonly access: ServerAccess }> {
  await using opened = new AsyncDisposableStack();
  const { path } = await locateNatsServer({
    named: env['ROLLCALL_NATS_SERVER'],
    path: env['PATH'],
    cacheDir: cacheDir(env),
    progress,
    signal,
  });
  const storeDir = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
  opened.defer(() => rm(storeDir, { recursive: true, force: true }));
  const server = opened.use(await startNatsServer({ binary: path, storeDir, signal }));
  const kept = opened.move();
  return {
    access: { servers: [server.url] },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
