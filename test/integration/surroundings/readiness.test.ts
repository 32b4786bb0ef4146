import { test } from 'vitest';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

const from = (url: string, ...args: readonly string[]) => [
  ...args,
  ...['--host', 'h1', '--servers', url, '--ttl', '2s', '--grace', '1s'],
  ...['--metrics', '0', '--json'],
];

/** Asks /readyz of the endpoint that a daemon printed. */
const asker = (metrics: unknown) => async () => {
  const response = await fetch(new URL('/readyz', String(metrics)));
  return `${response.status} ${(await response.text()).trim()}`;
};

test('an agent is ready while it serves, and not while its lease has lapsed', async () => {
  await using server = await startTestServer();
  await using agent = rollcall(from(server.url, 'agent', '--name', 'a'));
  const isReady = asker((await agent.ready)['metrics']);
  await until('it is ready', async () => (await isReady()) === '200 ok');
  server.freeze();
  await until('its lease lapsed', async () =>
    /^503 not ready: the agent is /.test(await isReady()),
  );
  server.thaw();
  await until('it serves again', async () => (await isReady()) === '200 ok');
});

test('a collector is ready while it is connected', async () => {
  await using server = await startTestServer();
  await using collector = rollcall(from(server.url, 'collector'));
  const isReady = asker((await collector.ready)['metrics']);
  await until('it is ready', async () => (await isReady()) === '200 ok');
  await server.stop();
  await until('it is not', async () => (await isReady()).startsWith('503 not ready: lost the'));
  await server.restart();
  await until('it is again', async () => (await isReady()) === '200 ok', 30_000);
});
