import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { temporaryDirectory } from '../../adapters/embedded/temporary.ts';
import { programFor } from '../harness/programs.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { backend, startHaproxy } from './support/haproxy.ts';
import { startPrometheus } from './support/prometheus.ts';
import { traffic, untilAnswered } from './support/traffic.ts';

const world = withServer();
const run = promisify(execFile);

/** What the backends answer: Prometheus can read it. */
const metrics = ['one 1\n', 'two 1\n'] as const;

test('HAProxy, Prometheus, DNS and HTTP clients get the instances, and keep those of a killed agent', async (context) => {
  const [balancer, scraper, dig] = [
    await programFor(context, 'haproxy'),
    await programFor(context, 'prometheus'),
    await programFor(context, 'dig'),
  ];
  await using directory = await temporaryDirectory();
  await using fleet = await world.fleet();
  await using stack = new AsyncDisposableStack();
  const backends = await Promise.all(metrics.map(backend));
  for (const one of backends) stack.use(one);
  const haproxy = stack.use(await startHaproxy(balancer, directory.path));
  const [port = 0, dnsPort = 0] = await freePorts(2);
  const prometheus = stack.use(await startPrometheus(scraper, directory.path, port));

  const address = '127.0.0.1';
  const instances = [
    ...backends.map((of, n) => ({ service: 'web', id: `${n}`, address, port: portOf(of) })),
    { service: 'web', id: 'x', address: `${address} port 80; set server web/web1 state maint` },
  ];
  // Longer than the test, so that nothing is collected meanwhile.
  const slow = ['--ttl', '30s', '--grace', '60s'];
  const [agent] = await Promise.all([
    fleet.serving('h1', 'a', instances, [...slow, '--zone', 'rack-1']),
    fleet.collector(),
    fleet.start(['serve', '--http', `${port}`, '--dns', `${dnsPort}`]).ready,
    fleet.start(haproxy.driver).ready,
  ]);
  await untilAnswered(haproxy.port, metrics);
  const http = `http://127.0.0.1:${port}/v1/services/web`;
  const get = async (path: string) =>
    // biome-ignore lint/suspicious/noExplicitAny: each answer has another shape
    (await (await fetch(`${http}${path}`)).json()) as any;
  const { index } = await until('all are live', async () => {
    const seen = await get('/instances?policy=strict');
    return seen.instances.length === 2 ? await get('/instances') : undefined;
  });
  const waiting = get(`/instances?index=${index}&wait=30s`);
  const load = stack.use(traffic(haproxy.port));
  agent.process.kill('SIGKILL');
  const answer = await waiting;
  expect(answer.instances).toMatchObject([
    { id: '0', state: 'dubious' },
    { id: '1', state: 'dubious' },
    { id: 'x', state: 'dubious' },
  ]);
  expect(await get('/pick')).toMatchObject({ state: 'dubious' });
  expect(await get('/pick?policy=strict')).toMatchObject({ error: 'none-usable' });
  const question = ['_web._tcp.service.rollcall', 'SRV', '+short'];
  const { stdout: srv } = await run(dig.path, ['-p', `${dnsPort}`, '@127.0.0.1', ...question], {
    env: { ...process.env, ...dig.env },
  });
  const target = '7f000001.addr.rollcall.';
  expect(srv.trim().split('\n')).toEqual(backends.map((of) => `1 256 ${portOf(of)} ${target}`));
  // Prometheus passes new targets on every 5 s, whatever its refresh interval is.
  await until('both are scraped', async () => (await prometheus.health()) === '0,up 1,up');
  expect((await prometheus.targets())[0]?.discoveredLabels).toMatchObject({
    __meta_rollcall_service: 'web',
    __meta_rollcall_zone: 'rack-1',
  });
  expect(Object.fromEntries(load.answers)).toEqual({
    [metrics[0]]: expect.any(Number),
    [metrics[1]]: expect.any(Number),
  });
}, 60_000);
