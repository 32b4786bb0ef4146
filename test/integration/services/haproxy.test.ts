import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { minutes } from '../../../src/domain/time.ts';
import { portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { programFor } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { backend, startHaproxy } from './support/haproxy.ts';
import { traffic, untilAnswered } from './support/traffic.ts';

const names = ['one', 'two', 'three'];
/** Time between two requests: 200 a second. */
const every = 5;
/** From the kill of the agents to the last request: as long as `--keep-last`, which counts from the last removal. */
const darkness = minutes(10);
const storeAway = minutes(1);

describe('rollcall sync haproxy', () => {
  test('loses no request in ten minutes after all agents are killed and collected, with the store stopped in the last one, and fills an HAProxy that is started again', async (context) => {
    const program = await programFor(context, 'haproxy');
    await using directory = await temporaryDirectory();
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await using stack = new AsyncDisposableStack();
    const backends = await Promise.all(names.map(backend));
    for (const one of backends) stack.use(one);
    const haproxy = stack.use(await startHaproxy(program, directory.path));

    await fleet.collector();
    const hostile = '127.0.0.1 port 80; set server web/web1 state maint';
    const served = backends.map(portOf).map((of, n) => ({
      ...{ service: 'web', id: `${n}`, address: '127.0.0.1', port: of },
    }));
    const injected = { service: 'web', id: 'x', address: hostile, port: 80 };
    const agents = await Promise.all(
      served.map((one, n) => fleet.serving(`h${n}`, 'a', n === 0 ? [one, injected] : [one])),
    );
    await fleet.start(haproxy.driver).ready;
    const show = async () => {
      const shown = fleet.start([...haproxy.driver, '--show-servers']);
      await shown.exited;
      return shown.lines as unknown as { server: string; state: string; instance: string }[];
    };
    await untilAnswered(haproxy.port, names);
    const slots = await show();
    expect(
      slots
        .filter((one) => one.state === 'ready')
        .map((one) => one.instance)
        .sort(),
    ).toEqual(['web/0', 'web/1', 'web/2']);

    await using load = traffic(haproxy.port, every);
    for (const { process } of agents) process.kill('SIGKILL');
    const killedAt = performance.now();
    await until('all are collected', () => fleet.directory.instances('web').length === 0, 90_000);
    await pause(killedAt + darkness - storeAway - performance.now());
    await server.stop();
    await pause(storeAway);
    await load[Symbol.asyncDispose]();
    process.stdout.write(`all agents dead for ${darkness} ms: ${load.sent} sent\n`);
    expect(Object.fromEntries(load.answers)).toEqual({
      one: expect.any(Number),
      two: expect.any(Number),
      three: expect.any(Number),
    });

    await haproxy.restart();
    await untilAnswered(haproxy.port, names);
  }, 900_000);
});
