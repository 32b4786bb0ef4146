import type { NatsServer } from '../../adapters/embedded/start.ts';

/**
 * Finds or downloads a nats-server binary and starts it.
 * @throws {Fault} `server-not-found`, `server-too-old`, `offline`, `checksum-wrong`, `port-taken`,
 * `server-failed`
 */
export async function startServer(
  where: {
    readonly storeDir: string;
    readonly port: number;
    readonly needsLogin?: boolean;
    readonly accounts?: string | undefined;
    readonly tls?: string | undefined;
  },
  env: Readonly<Record<string, string | undefined>>,
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<NatsServer> {
  const [{ cacheDir }, { locateNatsServer }, { startNatsServer }] = await Promise.all([
    import('../../adapters/embedded/binary/cache.ts'),
    import('../../adapters/embedded/binary/locate.ts'),
    import('../../adapters/embedded/start.ts'),
  ]);
  const { path } = await locateNatsServer({
    named: env['ROLLCALL_NATS_SERVER'],
    path: env['PATH'],
    cacheDir: cacheDir(env),
    progress,
    signal,
  });
  return startNatsServer({ binary: path, ...where, signal });
}
