import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { rollcall } from '../harness/processes.ts';
import { startRequests } from '../harness/request-load.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const service = fileURLToPath(new URL('../fixtures/slow-service.ts', import.meta.url));

/** Starts `rollcall run` with a service that listens 0.3 s after its start. */
const wrapped = (fleet: TestFleet, port: number) =>
  rollcall([
    ...['run', '--servers', fleet.url, '--namespace', fleet.namespace, '--json'],
    ...['--host', 'h1', '--service', 'web', '--port', `${port}`, '--ttl', '10s'],
    ...['--', execPath, service, `${port}`],
  ]);
const isLive = (fleet: TestFleet, port: number) =>
  fleet.row('web', `h1-web-${port}`)?.state === 'live';

test('six replicas under rollcall run lose no request of 5000 while they restart one after another', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  const ports = await freePorts(6);
  const running = new Map(ports.map((port) => [port, wrapped(fleet, port)]));
  await until('all are live', () => ports.every((port) => isLive(fleet, port)), 180_000);
  const load = startRequests(fleet, 'web');
  for (const port of ports) {
    const before = running.get(port);
    before?.kill('SIGTERM');
    expect(await before?.exited).toBe(0);
    running.set(port, wrapped(fleet, port));
    await until('it is live again', () => isLive(fleet, port), 60_000);
  }
  await until('5000 requests are sent', () => load.sent >= 5000, 120_000);
  await load.stop();
  for (const run of running.values()) await run[Symbol.asyncDispose]();
  process.stdout.write(`rolling restart: ${load.sent} sent, ${load.failed.length} failed\n`);
  expect({ none: load.none, failed: load.failed }).toEqual({ none: 0, failed: [] });
}, 300_000);
