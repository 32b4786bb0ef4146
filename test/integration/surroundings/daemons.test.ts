import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { afterAll, expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'rollcall-daemons-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts a daemon whose log is on a full disk. */
function startOnFullDisk(args: readonly string[]) {
  const line = 'exec "$@" >/dev/full 2>&1';
  const child = spawn('bash', ['-c', line, 'bash', process.execPath, main, ...args], {
    env: { PATH: process.env['PATH'], XDG_STATE_HOME: folder },
  });
  const exited = once(child, 'exit').then(([code, signal]) => code ?? signal);
  return {
    child,
    exited,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Asks the JetStream API of a server about all its streams, or about one. */
async function ask(url: string, what: string): Promise<readonly string[]> {
  const wire = await connect({ servers: url });
  const reply = await wire.request(`$JS.API.STREAM.${what}`, '{}');
  await wire.close();
  return reply.json<{ streams?: readonly string[] | null }>().streams ?? [];
}

const times = ['--ttl', '2s', '--grace', '1s'];
const daemons: Readonly<Record<string, readonly string[]>> = {
  'rollcall serve': ['serve', '--dns', '127.0.0.1:0', '--http', '127.0.0.1:0'],
  'rollcall sync file': ['sync', 'file', '--format', 'json', '--out', join(folder, 'out.json')],
  'rollcall sync haproxy': ['sync', 'haproxy', '--socket', join(folder, 'no'), '--backend', 'web'],
  'rollcall agent --docker': [
    ...['agent', '--name', 'd', '--host', 'h1', ...times],
    ...['--docker', join(folder, 'no-docker.sock')],
  ],
  'rollcall agent --api': [
    ...['agent', '--name', 'p', '--host', 'h1', ...times],
    ...['--api', join(folder, 'api.sock')],
  ],
};

test.each(Object.entries(daemons))(
  '%s on a full log disk waits for its store, outlives its loss, and ends with 0 at SIGHUP',
  async (_, args) => {
    const [port = 0, metrics = 0] = await freePorts(2);
    const where = ['--servers', `nats://127.0.0.1:${port}`, '--namespace', 'daemons'];
    await using daemon = startOnFullDisk([...args, ...where, '--metrics', `${metrics}`]);
    const answer = async () => {
      const response = await fetch(`http://127.0.0.1:${metrics}/readyz`).catch(() => undefined);
      return response?.status;
    };
    await until('it waits', async () => (await answer()) === 503, 60_000);
    await using server = await startTestServer({ port });
    await using _fleet = await TestFleet.open(server.url, 1, 'daemons');
    await until('it is ready', async () => (await answer()) === 200, 60_000);
    for (const stream of await ask(server.url, 'NAMES')) await ask(server.url, `DELETE.${stream}`);
    await until(
      'the streams are made again',
      async () => (await ask(server.url, 'NAMES')).length > 0,
      60_000,
    );
    await pause(2000);
    await until('it is ready', async () => (await answer()) === 200, 60_000);
    daemon.child.kill('SIGHUP');
    expect(await daemon.exited).toBe(0);
  },
  120_000,
);

test('a reader prints that the streams are gone, and that they are there again', async () => {
  await using server = await startTestServer();
  {
    await using _fleet = await TestFleet.open(server.url, 1, 'readers');
  }
  const where = ['--servers', server.url, '--namespace', 'readers', '--json'];
  await using serve = rollcall(['serve', '--http', '127.0.0.1:0', ...where]);
  await serve.ready;
  for (const stream of await ask(server.url, 'NAMES')) await ask(server.url, `DELETE.${stream}`);
  const has = (text: string) => serve.stderr.includes(`the streams of the namespace are ${text}`);
  await until('they are gone', () => has('gone'));
  await using _again = await TestFleet.open(server.url, 1, 'readers');
  await until('they are there again', () => has('there again'));
}, 90_000);
