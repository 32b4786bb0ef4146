import { rm } from 'node:fs/promises';
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { isAlive } from '../cli/support/demo-story.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer, type TestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';

/** Deletes all streams of the namespace, as an operator or an empty disk would. */
async function deleteStreams({ url, namespace }: TestFleet): Promise<void> {
  const wire = await connect({ servers: url });
  const names = await wire.request('$JS.API.STREAM.NAMES', '{}');
  const { streams } = names.json<{ streams: readonly string[] }>();
  for (const stream of streams.filter((name) => name.includes(namespace))) {
    await wire.request(`$JS.API.STREAM.DELETE.${stream}`, '{}');
  }
  await wire.close();
}

/** Empties the server's disk: it is killed, its files are removed, and it starts again. */
async function emptyDisk(server: TestServer): Promise<void> {
  await server.kill('SIGKILL');
  await rm(server.storeDir, { recursive: true, force: true });
  await server.restart();
}

it.each([
  ['streams are deleted', (fleet: TestFleet) => deleteStreams(fleet)],
  ['server loses its disk', (_: TestFleet, server: TestServer) => emptyDisk(server)],
])('a fleet whose %s creates the streams again, and registers again', async (_, lose) => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  const collector = await fleet.collector();
  const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w' }]);
  const where = ['--servers', fleet.url, '--namespace', fleet.namespace, '--json'];
  const times = ['--ttl', '2s', '--grace', '1s'];
  const options = ['--host', 'h2', '--service', 'job', '--id', 'j', ...times];
  const script = 'echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; sleep 600';
  await using run = rollcall(['run', ...where, ...options, '--', 'bash', '-c', script]);
  const child = Number((await run.line(({ event }) => event === 'pid'))['pid']);
  const rows = () => [fleet.row('web', 'w'), fleet.row('job', 'j')];
  const areLive = () => rows().every((row) => row?.state === 'live');
  await until('both are live', areLive);
  const before = rows().map((row) => row?.run);

  await lose(fleet, server);
  const areNew = () => rows().every((row, n) => row !== undefined && row.run !== before[n]);
  await until('both are live again, as new runs', () => areLive() && areNew(), 60_000);
  expect([child, agent.process.pid, collector.pid, run.pid].map(isAlive)).toEqual(
    Array(4).fill(true),
  );
  const output = [agent.process.stderr, collector.stderr, run.stderr].join('');
  const bySomeProcess = output.match(/were missing and have been created again/g)?.length ?? 0;
  expect(bySomeProcess + fleet.store.keeper.recreated).toBeGreaterThan(0);

  // The collector works on the new streams.
  agent.process.kill('SIGKILL');
  await until('the dead agent is collected', () => fleet.row('web', 'w') === undefined, 60_000);
  run.kill('SIGTERM');
  expect(await run.exited).toBe(143);
});

it('an agent that cannot write its departure into the store reports this, with exit code 3', async () => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w' }]);
  await server.kill('SIGKILL');
  agent.process.kill('SIGTERM');
  expect(await agent.process.exited).toBe(3);
  const last = agent.process.lines.filter(({ event }) => event === 'transition').at(-1);
  expect(last).toMatchObject({ type: 'gave-up', to: 'stopped' });
  await server.restart();
});
