import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { startScript } from '../harness/processes.ts';
import { startRequests } from '../harness/request-load.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const script = fileURLToPath(new URL('../fixtures/service-with-agent.ts', import.meta.url));
const start = (fleet: TestFleet, port: number) =>
  startScript(script, [fleet.url, fleet.namespace, `${port}`]);
const isLive = (fleet: TestFleet, port: number) =>
  fleet.row('web', `web-${port}`)?.state === 'live';

test('a service with startAgent loses no request of 5000 while six replicas restart', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  const ports = await freePorts(6);
  const running = new Map(ports.map((port) => [port, start(fleet, port)]));
  await until('all are live', () => ports.every((port) => isLive(fleet, port)), 60_000);
  const load = startRequests(fleet, 'web');
  for (const port of ports) {
    const before = running.get(port);
    before?.kill('SIGTERM');
    expect(await before?.exited).toBe(0);
    running.set(port, start(fleet, port));
    await until('it is live again', () => isLive(fleet, port), 60_000);
  }
  await until('5000 requests are sent', () => load.sent >= 5000, 120_000);
  await load.stop();
  for (const run of running.values()) await run[Symbol.asyncDispose]();
  process.stdout.write(`rolling restart: ${load.sent} sent, ${load.failed.length} failed\n`);
  expect({ none: load.none, failed: load.failed }).toEqual({ none: 0, failed: [] });
}, 300_000);

test('a killed service with startAgent loses only requests sent before its death is noticed', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await until('a collector observes', () => fleet.directory.observed);
  const ports = await freePorts(6);
  const running = new Map(ports.map((port) => [port, start(fleet, port)]));
  await until('all are live', () => ports.every((port) => isLive(fleet, port)), 60_000);
  const load = startRequests(fleet, 'web');
  await until('requests are sent', () => load.sent > 200);
  const [victim = 0] = ports;
  running.get(victim)?.kill('SIGKILL');
  const killedAt = performance.now();
  await until('its death is noticed', () => !isLive(fleet, victim), 30_000);
  const noticedAt = performance.now();
  const sentUntilNoticed = load.sent;
  await until('more requests are sent', () => load.sent > sentUntilNoticed + 1000, 60_000);
  await load.stop();
  for (const run of running.values()) await run[Symbol.asyncDispose]();
  process.stdout.write(
    `killed: noticed after ${Math.round(noticedAt - killedAt)} ms, ${load.failed.length} of ${load.sent} failed\n`,
  );
  expect(load.none).toBe(0);
  // The test looks every 20 ms.
  const late = load.failed.filter(({ sentAt }) => sentAt > noticedAt + 20);
  expect(late).toEqual([]);
}, 240_000);
