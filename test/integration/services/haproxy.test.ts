import { writeFile } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { codeBlock } from '../harness/code-block.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { programFor } from '../harness/programs.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';

async function backend(name: string): Promise<Server> {
  const server = createServer((_, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Asks every 10 ms, each on a new connection, and counts what came back. */
function traffic(port: number) {
  const answers = new Map<string, number>();
  const count = (what: string) => void answers.set(what, (answers.get(what) ?? 0) + 1);
  const over = new AbortController();
  const agent = new Agent({ keepAlive: false });
  const running = (async () => {
    while (!over.signal.aborted) {
      const asked = request({ port, host: '127.0.0.1', agent, timeout: 5000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        response.on('end', () => count(response.statusCode === 200 ? body : 'failed'));
      });
      asked.on('error', () => count('failed')).end();
      await pause(10);
    }
  })();
  return {
    answers,
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await running;
    },
  };
}

describe('rollcall sync haproxy', () => {
  test('loses no request when the agent dies, its instances are collected, the store stops, and HAProxy is started again', async (context) => {
    const program = await programFor(context, 'haproxy');
    await using directory = await temporaryDirectory();
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await using stack = new AsyncDisposableStack();
    const backends = await Promise.all(['one', 'two', 'three'].map(backend));
    for (const one of backends) stack.use(one);
    const [port = 0] = await freePorts(1);
    const [socket, state, config] = ['admin.sock', 'servers.state', 'haproxy.cfg'].map((name) =>
      join(directory.path, name),
    ) as [string, string, string];
    const documented = await codeBlock('docs/how-to/haproxy.md', 'haproxy');
    await writeFile(state, '');
    await writeFile(
      config,
      documented
        .replace('/run/haproxy/admin.sock', socket)
        .replace('/run/haproxy/servers.state', state)
        .replace('127.0.0.1:8080', `127.0.0.1:${port}`),
    );
    const haproxy = () => runProgram(program, ['-f', config, '-db']);
    let balancer = haproxy();
    stack.defer(() => balancer[Symbol.asyncDispose]());

    await fleet.collector();
    const hostile = '127.0.0.1 port 80; set server web/web1 state maint';
    const served = backends.map(portOf).map((of, n) => ({
      ...{ service: 'web', id: `${n}`, address: '127.0.0.1', port: of },
    }));
    const injected = { service: 'web', id: 'x', address: hostile, port: 80 };
    const { process } = await fleet.serving('h1', 'a', [...served, injected]);
    const args = ['sync', 'haproxy', '--socket', socket, '--backend', 'web', '--state-file', state];
    const driver = fleet.start([...args]);
    await driver.ready;
    const show = async () => {
      const shown = fleet.start([...args, '--show-servers']);
      await shown.exited;
      return shown.lines as unknown as { server: string; state: string; instance: string }[];
    };
    await until('all are served', async () => {
      await using some = traffic(port);
      await pause(100);
      return ['one', 'two', 'three'].every((name) => some.answers.has(name));
    });
    const slots = await show();
    expect(
      slots
        .filter((one) => one.state === 'ready')
        .map((one) => one.instance)
        .sort(),
    ).toEqual(['web/0', 'web/1', 'web/2']);

    await using load = traffic(port);
    process.kill('SIGKILL');
    await until('all are collected', () => fleet.directory.instances('web').length === 0, 60_000);
    await pause(1500);
    await server.stop();
    await pause(1000);
    expect(Object.fromEntries(load.answers)).toEqual({
      one: expect.any(Number),
      two: expect.any(Number),
      three: expect.any(Number),
    });
    await load[Symbol.asyncDispose]();

    balancer.kill('SIGTERM');
    await balancer[Symbol.asyncDispose]();
    balancer = haproxy();
    await until('HAProxy is back with its servers', async () => {
      await using some = traffic(port);
      await pause(100);
      return ['one', 'two', 'three'].every((name) => some.answers.has(name));
    });
  }, 300_000);
});
