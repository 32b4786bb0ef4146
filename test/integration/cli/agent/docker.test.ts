import { performance } from 'node:perf_hooks';
import { afterEach, expect, it } from 'vitest';
import { buildNatsImage, docker, needEngine } from '../../harness/engine.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const image = 'rollcall-test/nats';
const name = `rollcall-test-${process.pid}`;
const world = withServer();

afterEach(async () => {
  await docker('rm', '--force', name).catch(() => '');
});

it('the containers of a real engine are registered as they are', async (context) => {
  await needEngine(context);
  await buildNatsImage(image);
  await using fleet = await world.fleet();
  const agent = fleet.start([
    'agent',
    '--host',
    'h1',
    '--name',
    'd',
    '--docker',
    '--address',
    '127.0.0.1',
  ]);
  await agent.ready;
  const health = () => fleet.directory.instances('nats')[0]?.health;
  const measured: Record<string, number> = {};
  /** Measures from the command of the engine, which takes most of the time, to the consumer. */
  async function after(step: string, command: readonly string[], seen: () => boolean) {
    const began = performance.now();
    const done = docker(...command);
    await until(step, seen);
    measured[step] = Math.round(performance.now() - began);
    await done;
  }
  const labels = ['--label', 'rollcall.service=nats', '--label', 'rollcall.port=4222'];
  const start = [
    'run',
    '--detach',
    '--name',
    name,
    ...labels,
    '--publish',
    '127.0.0.1::4222',
    image,
  ];
  await after('started', start, () => health()?.state === 'serving');
  const published = await docker('port', name, '4222/tcp');
  expect(fleet.directory.instances('nats')[0]?.port).toBe(Number(published.split(':').at(-1)));
  await after('paused', ['pause', name], () => health()?.detail === 'paused');
  await after('unpaused', ['unpause', name], () => health()?.state === 'serving');
  await after('killed', ['kill', name], () => health()?.detail === 'exited 137');
  await after('started again', ['start', name], () => health()?.state === 'serving');
  const { token } = fleet.directory.instances('nats')[0] ?? {};
  await after('restarted', ['restart', name], () => {
    const [now] = fleet.directory.instances('nats');
    return now?.health.state === 'serving' && now.token !== token;
  });
  await after('removed', ['rm', '--force', name], () => health() === undefined);
  expect(
    Object.values(measured).every((ms) => ms < 15_000),
    JSON.stringify(measured),
  ).toBe(true);
});
