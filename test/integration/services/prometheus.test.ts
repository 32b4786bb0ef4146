import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { codeBlock } from '../harness/code-block.ts';
import { rollcall } from '../harness/processes.ts';
import { programFor } from '../harness/programs.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

interface Target {
  readonly labels: { readonly instance: string };
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly health: string;
}

test('Prometheus finds the instances, keeps them while nothing is known, and scrapes what is down', async (context) => {
  const program = await programFor(context, 'prometheus');
  await using directory = await temporaryDirectory();
  await using fleet = await world.fleet();
  await using exporter = createServer((_, response) => response.end('up_since 1\n'));
  exporter.listen(0, '127.0.0.1');
  const [httpPort = 0, port = 0] = await freePorts(2);
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

  const config = join(directory.path, 'prometheus.yml');
  const documented = await codeBlock('docs/how-to/prometheus-targets.md', 'yaml');
  const short = 'global: { scrape_interval: 500ms, scrape_timeout: 400ms }\n';
  await writeFile(
    config,
    short +
      documented
        .replace('8601', `${httpPort}`)
        .replace('refresh_interval: 10s', 'refresh_interval: 500ms'),
  );
  await using prometheus = runProgram(program, [
    ...[`--config.file=${config}`, `--storage.tsdb.path=${join(directory.path, 'data')}`],
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    return response?.ok ? response : undefined;
  };
  const targets = async () => {
    const answer = await ask('/api/v1/targets?state=active');
    const body = (await answer?.json()) as { data: { activeTargets: Target[] } } | undefined;
    return (body?.data.activeTargets ?? []).toSorted((a, b) =>
      a.labels.instance < b.labels.instance ? -1 : 1,
    );
  };
  const health = async () =>
    (await targets()).map((one) => `${one.labels.instance},${one.health}`).join(' ');
  const failures = async () => {
    const text = (await (await ask('/metrics'))?.text()) ?? '';
    return Number(/^prometheus_sd_http_failures_total (\d+)/m.exec(text)?.[1] ?? 0);
  };
  try {
    await until('both are scraped', async () => (await health()) === '1,up 2,down');
  } catch (cause) {
    throw new Error(`${await health()}: ${prometheus.output}`, { cause });
  }
  expect((await targets())[1]?.discoveredLabels).toMatchObject({
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
  const before = await failures();
  await until('Prometheus asked twice in vain', async () => (await failures()) >= before + 2);
  expect(await health()).toBe('1,up 2,down');

  agent.process.kill('SIGTERM');
  await agent.process.exited;
  await second[Symbol.asyncDispose]();
  await using third = start(fleet.url);
  await third.ready;
  await until('what left is no target', async () => (await health()) === '');
}, 300_000);
