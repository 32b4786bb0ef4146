import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { rollcall } from '../harness/processes.ts';
import { programFor } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { startPrometheus } from './support/prometheus.ts';

const world = withServer();

test('Prometheus finds the instances, keeps them during an outage, and scrapes failing ones', async (context) => {
  const program = await programFor(context, 'prometheus');
  await using directory = await temporaryDirectory();
  await using fleet = await world.fleet();
  await using exporter = createServer((_, response) => response.end('up_since 1\n'));
  exporter.listen(0, '127.0.0.1');
  const [httpPort = 0] = await freePorts(1);
  const start = (servers: string) =>
    rollcall([
      ...['serve', '--http', `${httpPort}`, '--servers', servers],
      ...['--namespace', fleet.namespace, '--json'],
    ]);
  const instances = [
    { service: 'web', id: '1', address: '127.0.0.1', port: portOf(exporter) },
    { service: 'web', id: '2', address: '127.0.0.1', port: 9, labels: { 'a.b': 'x' } },
    { service: 'web', id: '3', address: '127.0.0.1; x', port: 9 },
  ];
  const agent = await fleet.serving('h1', 'a', instances, ['--zone', 'rack-1']);
  const first = start(fleet.url);
  await first.ready;

  await using prometheus = await startPrometheus(program, directory.path, httpPort);
  try {
    await until('both are scraped', async () => (await prometheus.health()) === '1,up 2,down');
  } catch (cause) {
    throw new Error(`${await prometheus.health()}: ${prometheus.output}`, { cause });
  }
  expect((await prometheus.targets())[1]?.discoveredLabels).toMatchObject({
    __meta_rollcall_service: 'web',
    __meta_rollcall_host: 'h1',
    __meta_rollcall_agent: 'a',
    __meta_rollcall_zone: 'rack-1',
    __meta_rollcall_label_a_b: 'x',
    __meta_rollcall_labelpresent_a_b: 'true',
  });

  await first[Symbol.asyncDispose]();
  await using second = start('nats://127.0.0.1:9');
  await second.line(({ event }) => event === 'listening');
  const before = await prometheus.failures();
  await until(
    'Prometheus asked twice in vain',
    async () => (await prometheus.failures()) >= before + 2,
  );
  expect(await prometheus.health()).toBe('1,up 2,down');

  agent.process.kill('SIGTERM');
  await agent.process.exited;
  await second[Symbol.asyncDispose]();
  await using third = start(fleet.url);
  await third.ready;
  await until('what left is no target', async () => (await prometheus.health()) === '');
}, 300_000);
