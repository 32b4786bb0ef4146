import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

/**
 * Needs an engine and this image: `FROM scratch`, with a nats-server as its entry point. It is the program
 * of each container here, so that no image registry is needed.
 */
const image = process.env['ROLLCALL_TEST_IMAGE'] ?? 'rollcall-night:nats';
const name = `rollcall-test-${process.pid}`;
const world = withServer();
const run = promisify(execFile);
const docker = async (...args: readonly string[]) => (await run('docker', args)).stdout.trim();

const isThere = await run('docker', ['image', 'inspect', image]).then(
  () => true,
  () => false,
);

afterEach(async () => {
  if (isThere) await docker('rm', '--force', name).catch(() => '');
});

it('the containers of a real engine are registered as they are', async ({ skip }) => {
  skip(!isThere, `no engine with the image ${image}`);
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
