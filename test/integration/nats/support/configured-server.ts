import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { env } from 'node:process';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { until } from '../../harness/until.ts';

/** A server with its own configuration: accounts, users, limits, without JetStream. */
export type ConfiguredServer = AsyncDisposable & {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** What the server has logged so far. */
  readonly log: string;
  kill(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Gives the running server another configuration. */
  reload(config: (storeDir: string) => string): Promise<void>;
};

/** @param usePort the port of an earlier server that this one replaces */
export async function startConfigured(
  config: (storeDir: string) => string,
  usePort?: number,
): Promise<ConfiguredServer> {
  const binary = env['ROLLCALL_NATS_SERVER'];
  if (binary === undefined)
    throw new Error(
      'ROLLCALL_NATS_SERVER is not set: the global setup of the integration tests did not run',
    );
  const dir = await mkdtemp(join(tmpdir(), 'rollcall-configured-'));
  const [port = 0] = usePort === undefined ? await freePorts(1) : [usePort];
  const file = join(dir, 'nats.conf');
  const write = (text: (storeDir: string) => string) =>
    writeFile(file, `host: 127.0.0.1\nport: ${port}\n${text(join(dir, 'store'))}\n`);
  await write(config);
  const child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  // After a timeout a test does not dispose of its server.
  const killServer = () => child.kill('SIGKILL');
  process.once('exit', killServer);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'exit');
  const isListening = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('close', () => resolve(false));
      setTimeout(() => socket.destroy(), 200);
    });
  await until('the server isListening', async () => {
    if (child.exitCode !== null) throw new Error(`the server ended: ${stderr}`);
    return isListening();
  });
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    get log() {
      return stderr;
    },
    kill: (signal) => void child.kill(signal),
    reload: async (changed) => {
      const before = stderr.length;
      await write(changed);
      child.kill('SIGHUP');
      await until('the server has reloaded', () => {
        const said = stderr.slice(before);
        if (said.includes('Failed to reload')) throw new Error(said);
        return said.includes('Reloaded server configuration');
      });
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killServer);
      child.kill();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
