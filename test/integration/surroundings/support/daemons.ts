import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { uiToken } from '../../harness/processes.ts';

const main = fileURLToPath(new URL('../../../../src/cli/main.ts', import.meta.url));
const times = ['--ttl', '2s', '--grace', '1s'];

/** What answers while a daemon does its work: `/readyz` of its metrics, or the dashboard itself. */
type Answer = 'readyz' | 'dashboard';

/** The arguments of each daemon, with files in `folder`, and what answers. */
const daemonsIn = (folder: string): Readonly<Record<string, readonly [string[], Answer]>> => ({
  'rollcall serve': [['serve', '--dns', '127.0.0.1:0', '--http', '127.0.0.1:0'], 'readyz'],
  'rollcall sync file': [
    ['sync', 'file', '--format', 'json', '--out', join(folder, 'out.json')],
    'readyz',
  ],
  'rollcall sync haproxy': [
    ['sync', 'haproxy', '--socket', join(folder, 'no'), '--backend', 'web'],
    'readyz',
  ],
  'rollcall agent --docker': [
    [
      ...['agent', '--name', 'd', '--host', 'h1', ...times],
      ...['--docker', join(folder, 'no-docker.sock')],
    ],
    'readyz',
  ],
  'rollcall agent --api': [
    [...['agent', '--name', 'p', '--host', 'h1', ...times], ...['--api', join(folder, 'api.sock')]],
    'readyz',
  ],
  'rollcall ui': [['ui'], 'dashboard'],
  'rollcall up': [['up', '--dashboard-port', '0', ...times], 'readyz'],
});

/** The names of the daemons that answer for other programs. */
export const daemonNames: readonly string[] = Object.keys(daemonsIn(''));

/**
 * Starts a daemon on a store that may be away. `log`: where its output goes, as a redirection of the shell; without one it goes
 * to a reader that `closeLog` ends.
 */
export async function startDaemon(name: string, folder: string, server: string, log = '') {
  const [args = [], answer] = daemonsIn(folder)[name] ?? [];
  const [port = 0] = await freePorts(1);
  const where = ['--servers', server, '--namespace', 'daemons', '--log-level', 'debug'];
  const ports = answer === 'readyz' ? ['--metrics', `${port}`] : ['--port', `${port}`];
  const command = [process.execPath, main, ...args, ...where, ...ports];
  const child = spawn('bash', ['-c', `exec "$@" ${log}`, 'bash', ...command], {
    env: { PATH: process.env['PATH'], XDG_STATE_HOME: folder, ROLLCALL_UI_TOKEN: uiToken },
  });
  child.stdout.resume();
  child.stderr.resume();
  const exited = once(child, 'exit').then(([code, signal]): unknown => code ?? signal);
  const url = `http://127.0.0.1:${port}${answer === 'readyz' ? '/readyz' : '/api/state'}`;
  const headers = { authorization: `Bearer ${uiToken}` };
  // Each question has a connection of its own, so that it needs a descriptor of the daemon.
  const status = () =>
    new Promise<number | undefined>((resolve) => {
      get(url, { headers, agent: false, timeout: 5000 }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('timeout', () => resolve(undefined))
        .on('error', () => resolve(undefined));
    });
  return {
    child,
    exited,
    isReady: async () => (await status()) === 200,
    /** Whether it runs and says that it does not do its work yet; a dashboard says nothing until then. */
    isWaiting: async () => (await status()) === (answer === 'readyz' ? 503 : undefined),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    closeLog: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    /** Leaves it no free file descriptor; the returned function gives them back. */
    takeDescriptors: async () => {
      const limit = async (soft: number) =>
        void (await promisify(execFile)('prlimit', [`--pid=${child.pid}`, `--nofile=${soft}:`]));
      // A new descriptor would need a number below 3, and those are its standard streams.
      await limit(3);
      return () => limit(1024);
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Asks the JetStream API of a server about all its streams, or about one. */
export async function askStreams(url: string, what: string): Promise<readonly string[]> {
  const wire = await connect({ servers: url });
  const reply = await wire.request(`$JS.API.STREAM.${what}`, '{}');
  await wire.close();
  return reply.json<{ streams?: readonly string[] | null }>().streams ?? [];
}
