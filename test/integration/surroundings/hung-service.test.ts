import { execPath, kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openDirectory } from '../../../src/library/open-directory.ts';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const service = fileURLToPath(new URL('../fixtures/slow-service.ts', import.meta.url));
/** How long a consumer waits for an answer, in milliseconds. */
const patience = 300;

test('a consumer that avoids what did not answer picks a hung service no more, although it is live', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  const where = { servers: fleet.url, namespace: fleet.namespace };
  const ports = await freePorts(3);
  await using running = new AsyncDisposableStack();
  const children: number[] = [];
  for (const port of ports) {
    const script = 'echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; exec "$@"';
    const run = running.use(
      rollcall([
        ...['run', '--servers', fleet.url, '--namespace', fleet.namespace, '--json'],
        // Without a check, the registry cannot know that the service hangs.
        ...['--host', 'h1', '--service', 'web', '--port', `${port}`, '--check', 'none'],
        ...['--', 'bash', '-c', script, 'bash', execPath, service, `${port}`, '0'],
      ]),
    );
    children.push(Number((await run.line(({ event }) => event === 'pid'))['pid']));
  }
  const answers = async (port: number | undefined) => {
    const signal = AbortSignal.timeout(patience);
    const headers = { connection: 'close' };
    return (await fetch(`http://127.0.0.1:${port}/`, { headers, signal })).ok;
  };
  for (const port of ports)
    await until('it answers', () =>
      answers(port).then(
        () => true,
        () => false,
      ),
    );
  const directory = running.use(await openDirectory(where));
  const live = () => directory.instances('web').filter(({ state }) => state === 'live').length;
  await until('all are live', () => live() === 3);

  const [hung = 0] = children;
  kill(hung, 'SIGSTOP');
  running.defer(() => void kill(hung, 'SIGCONT'));
  const begun = performance.now();
  const failed: number[] = [];
  const sent: Promise<void>[] = [];
  while (performance.now() - begun < 5000) {
    const instance = directory.pick('web');
    if (!instance) throw new Error('there is nothing to pick');
    sent.push(
      answers(instance.port ?? undefined).then(
        () => {},
        () => {
          failed.push(performance.now() - begun);
          directory.avoid(instance, '1m');
        },
      ),
    );
    await pause(5);
  }
  await Promise.all(sent);
  process.stdout.write(`hung service: ${sent.length} sent, ${failed.length} failed\n`);
  expect(failed.length).toBeGreaterThan(0);
  // Only those that were under way when the first one failed: nothing later.
  expect(Math.max(...failed)).toBeLessThan(Math.min(...failed) + 2 * patience);
  expect(live()).toBe(3);
}, 120_000);
