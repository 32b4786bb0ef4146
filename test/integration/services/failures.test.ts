import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { startScript } from '../harness/processes.ts';
import { programFor } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { backend, startHaproxy } from './support/haproxy.ts';
import { traffic, untilAnswered } from './support/traffic.ts';

const world = withServer();
const service = fileURLToPath(new URL('../fixtures/service-with-agent.ts', import.meta.url));
/** Time between two requests: 200 a second. */
const every = 5;

describe('HAProxy with its checks and rollcall sync haproxy', () => {
  test('loses only requests in flight when one of three processes is killed', async (context) => {
    const program = await programFor(context, 'haproxy');
    await using directory = await temporaryDirectory();
    await using fleet = await world.fleet();
    await using stack = new AsyncDisposableStack();
    const ports = await freePorts(3);
    const haproxy = stack.use(await startHaproxy(program, directory.path));
    const [victim] = ports.map((port) =>
      stack.use(startScript(service, [fleet.url, fleet.namespace, `${port}`, '20'])),
    );
    await Promise.all([fleet.collector(), fleet.start(haproxy.driver).ready]);
    await untilAnswered(haproxy.port, ports.map(String));

    const load = stack.use(traffic(haproxy.port, every));
    await until('requests are sent', () => load.sent > 100);
    victim?.kill('SIGKILL');
    const killedAt = performance.now();
    await victim?.exited;
    const goneAt = performance.now();
    const { sent } = load;
    await until('more requests are sent', () => load.sent > sent + 400);
    await load[Symbol.asyncDispose]();
    process.stdout.write(
      `one of three killed: ${load.sent} sent, failed and sent before the kill: ${load.failedAt.map((at) => Math.round(killedAt - at))} ms\n`,
    );
    expect(load.failedAt.filter((at) => at > goneAt)).toEqual([]);
  });

  test('loses no request when all agents are killed and collected, the driver is started again, and the store stops', async (context) => {
    const program = await programFor(context, 'haproxy');
    await using directory = await temporaryDirectory();
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await using stack = new AsyncDisposableStack();
    const names = ['one', 'two', 'three'];
    const backends = await Promise.all(names.map(backend));
    for (const one of backends) stack.use(one);
    const haproxy = stack.use(await startHaproxy(program, directory.path));
    const instances = backends.map((of, n) => ({
      ...{ service: 'web', id: `${n}`, address: '127.0.0.1', port: portOf(of) },
    }));
    const driver = fleet.start(haproxy.driver);
    const [agent] = await Promise.all([
      fleet.serving('h1', 'a', instances),
      fleet.collector(),
      driver.ready,
    ]);
    await untilAnswered(haproxy.port, names);

    const load = stack.use(traffic(haproxy.port, every));
    agent.process.kill('SIGKILL');
    await until('all are collected', () => fleet.directory.instances('web').length === 0);
    const more = async (count: number) => {
      const { sent } = load;
      await until('more requests are sent', () => load.sent > sent + count);
    };
    await more(200);
    driver.kill('SIGKILL');
    await driver.exited;
    const second = fleet.start(haproxy.driver);
    await second.ready;
    await more(300);
    second.kill('SIGKILL');
    await second.exited;
    await server.stop();
    const third = fleet.start(haproxy.driver);
    await more(300);
    expect(third.lines).toEqual([]);
    await load[Symbol.asyncDispose]();
    process.stdout.write(`agents and store away: ${load.sent} sent\n`);
    expect(Object.fromEntries(load.answers)).toEqual({
      one: expect.any(Number),
      two: expect.any(Number),
      three: expect.any(Number),
    });
  });
});
