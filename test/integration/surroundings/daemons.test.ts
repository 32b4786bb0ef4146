import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { askStreams, daemonNames, startDaemon } from './support/daemons.ts';

const parent = await mkdtemp(join(tmpdir(), 'rollcall-daemons-'));
afterAll(() => rm(parent, { recursive: true, force: true, maxRetries: 20 }));
/** A folder for each test, because daemons keep files. */
const newFolder = () => mkdtemp(join(parent, 'd-'));

/** A fixed sequence of numbers from 0 to 1, so that a red run can be repeated. */
function* numbersFrom(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

describe.each(daemonNames)('%s', (name) => {
  test('on a full log disk waits for its store, outlives its loss, and ends with 0 at SIGHUP', async () => {
    const [port = 0] = await freePorts(1);
    const url = `nats://127.0.0.1:${port}`;
    await using daemon = await startDaemon(name, await newFolder(), url, '>/dev/full 2>&1');
    await until('it waits', daemon.isWaiting, 60_000);
    await using server = await startTestServer({ port });
    await using _fleet = await TestFleet.open(server.url, 1, 'daemons');
    await until('it is ready', daemon.isReady, 60_000);
    const names = () => askStreams(server.url, 'NAMES');
    for (const stream of await names()) await askStreams(server.url, `DELETE.${stream}`);
    await until('the streams are made again', async () => (await names()).length > 0, 60_000);
    await pause(2000);
    await until('it is ready', daemon.isReady, 60_000);
    daemon.child.kill('SIGHUP');
    expect(await daemon.exited).toBe(0);
  }, 180_000);

  test('whose log has no reader any more goes on when its store is restarted', async () => {
    await using server = await startTestServer();
    await using _fleet = await TestFleet.open(server.url, 1, 'daemons');
    await using daemon = await startDaemon(name, await newFolder(), server.url);
    await until('it is ready', daemon.isReady, 60_000);
    daemon.closeLog();
    await server.kill();
    await pause(2000);
    await server.restart();
    await pause(2000);
    await until('it is ready', daemon.isReady, 60_000);
    daemon.child.kill('SIGTERM');
    expect(await daemon.exited).toBe(0);
  }, 180_000);

  test('without a free file descriptor while its store is restarted connects again later', async () => {
    await using server = await startTestServer();
    await using _fleet = await TestFleet.open(server.url, 1, 'daemons');
    await using daemon = await startDaemon(name, await newFolder(), server.url);
    await until('it is ready', daemon.isReady, 60_000);
    const giveBack = await daemon.takeDescriptors();
    expect(await daemon.isReady()).toBe(false);
    await server.kill();
    await server.restart();
    await pause(5000);
    expect(daemon.isRunning()).toBe(true);
    await giveBack();
    await until('it is ready', daemon.isReady, 60_000);
    daemon.child.kill('SIGTERM');
    expect(await daemon.exited).toBe(0);
  }, 180_000);

  test('that gets SIGTERM while it starts ends by it, or with an exit code of its own', async () => {
    await using server = await startTestServer();
    await using _fleet = await TestFleet.open(server.url, 1, 'daemons');
    const seed = 20_261_129;
    const numbers = numbersFrom(seed);
    for (let n = 0; n < 8; n += 1) {
      const after = Math.round(numbers.next().value * 3000);
      await using daemon = await startDaemon(name, await newFolder(), server.url);
      await pause(after);
      daemon.child.kill('SIGTERM');
      const since = performance.now();
      // 130: `up` was still starting.
      const codes = name === 'rollcall up' ? ['SIGTERM', 0, 130] : ['SIGTERM', 0];
      expect(codes, `SIGTERM ${after} ms after the start, seed ${seed}`).toContain(
        await daemon.exited,
      );
      expect(performance.now() - since).toBeLessThan(15_000);
    }
  }, 240_000);
});

test('a reader prints that the streams are gone, and that they are there again', async () => {
  await using server = await startTestServer();
  {
    await using _fleet = await TestFleet.open(server.url, 1, 'readers');
  }
  const where = ['--servers', server.url, '--namespace', 'readers', '--json'];
  await using serve = rollcall(['serve', '--http', '127.0.0.1:0', ...where]);
  await serve.ready;
  for (const stream of await askStreams(server.url, 'NAMES'))
    await askStreams(server.url, `DELETE.${stream}`);
  const has = (text: string) => serve.stderr.includes(`the streams of the namespace are ${text}`);
  await until('they are gone', () => has('gone'));
  await using _again = await TestFleet.open(server.url, 1, 'readers');
  await until('they are there again', () => has('there again'));
}, 90_000);
