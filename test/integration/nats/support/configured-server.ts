import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { env } from 'node:process';
import { freePorts } from '../../../../src/bench/environment/free-ports.ts';
import { until } from '../../harness/until.ts';

/** A server with a configuration of the test's own: accounts, users, limits, no JetStream. */
export type ConfiguredServer = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  kill(signal: 'SIGSTOP' | 'SIGCONT'): void;
};

/** `at`: the port, where another such server had it before. */
export async function startConfigured(
  config: (storeDir: string) => string,
  at?: number,
): Promise<ConfiguredServer> {
  const binary = env['ROLLCALL_NATS_SERVER'];
  if (binary === undefined) throw new Error('the global setup of the real tests did not run');
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-configured-'));
  const [port = 0] = at === undefined ? await freePorts(1) : [at];
  const file = join(dir, 'nats.conf');
  await writeFile(file, `host: 127.0.0.1\nport: ${port}\n${config(join(dir, 'store'))}\n`);
  const child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  // A test that runs out of time is never disposed of.
  const killIt = () => child.kill('SIGKILL');
  process.once('exit', killIt);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exited = once(child, 'exit');
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('close', () => resolve(false));
      setTimeout(() => socket.destroy(), 200);
    });
  await until('the server listens', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
    return listens();
  });
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      process.off('exit', killIt);
      child.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
