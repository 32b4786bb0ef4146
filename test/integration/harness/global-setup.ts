import { env, stderr } from 'node:process';
import { cacheDir } from '../../../src/adapters/embedded/binary/cache.ts';
import { locateNatsServer } from '../../../src/adapters/embedded/binary/locate.ts';

/**
 * Sees to it that there is a nats-server before the real tests start, the way the command line
 * does, and names it to them: fetched once, not by every worker.
 */
export async function setup(): Promise<void> {
  const server = await locateNatsServer({
    named: env['ROLLCALL_NATS_SERVER'],
    path: env['PATH'],
    cacheDir: cacheDir(env),
    progress: (message) => void stderr.write(`nats-server: ${message}\n`),
  });
  env['ROLLCALL_NATS_SERVER'] = server.path;
}
