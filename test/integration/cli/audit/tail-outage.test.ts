import { expect, it } from 'vitest';
import { TestFleet } from '../../harness/fleet.ts';
import { startTestServer } from '../../harness/nats-server.ts';
import { until } from '../../harness/until.ts';

it('rollcall audit tail --follow reports the start and the end of an outage once each', async () => {
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  const tail = fleet.start(['audit', 'tail', '--follow']);
  const { run } = await fleet.serving('h1', 'a', []);
  const startedBy = (id: string) => (line: object) =>
    JSON.stringify(line).includes(id) && JSON.stringify(line).includes('"started"');
  await tail.line(startedBy(run) as never);
  await server.stop();
  await until('it says so', () => tail.stderr.includes('does not answer'), 20_000);
  await server.restart();
  await until('it says so', () => tail.stderr.includes('answers again'), 20_000);
  const { run: second } = await fleet.serving('h2', 'b', []);
  await tail.line(startedBy(second) as never);
  tail.kill('SIGINT');
  expect(await tail.exited).toBe(0);
  expect(tail.stderr.match(/does not answer/g)).toHaveLength(1);
  expect(tail.stderr.match(/answers again/g)).toHaveLength(1);
});
