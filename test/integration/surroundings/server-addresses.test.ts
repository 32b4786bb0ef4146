import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { startTestCluster } from '../harness/cluster.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';
import { freshNamespace } from '../nats/support/open-store.ts';
import { startEveryProcess } from './support/every-process.ts';

const stateHome = await mkdtemp(join(tmpdir(), 'rollcall-addresses-'));
afterAll(() => rm(stateHome, { recursive: true, force: true, maxRetries: 20 }));

test('a server that leaves in lame duck mode is left by every process, and no run ends', async () => {
  await using cluster = await startTestCluster();
  const [leaving, staying] = cluster.nodes;
  const namespace = freshNamespace();
  const at = (url = '') => ['--servers', url, '--namespace', namespace, '--json'];
  await using made = rollcall(['namespace', 'create', ...at(staying?.url), '--replicas', '3']);
  expect(await made.exited).toBe(0);
  // They know one address, and learn the others from the server.
  const servers = leaving?.url ?? '';
  const way = {
    flags: ['--servers', servers, '--namespace', namespace],
    options: { servers, namespace },
    stateHome,
  };
  await using all = await startEveryProcess(way, ['--ttl', '5s', '--grace', '5s']);
  const runs = all.runs();
  kill(leaving?.pid ?? 0, 'SIGUSR2');
  await until(
    'all are connected again',
    () => all.stderrs().every((text) => text.includes('reconnected to')),
    60_000,
  );
  expect(all.stderrs().join('')).not.toContain(`reconnected to 127.0.0.1:${leaving?.port}`);
  await until('the view is fresh', () => all.directory.age < 2500);
  await until('the dashboard is', async () => (await all.mark()).storeAwaySince === null);
  expect(all.runs()).toEqual(runs);
  expect(all.states()).toEqual(['live', 'live']);
  await using history = rollcall(['audit', 'export', ...at(staying?.url), '--out', '-']);
  expect(await history.exited).toBe(0);
  const types = history.lines.map(({ subject, event }) => [
    subject,
    (event as unknown as { event: { type: string } }).event.type,
  ]);
  expect(JSON.stringify(types)).not.toMatch(/suspected|expired|removed|lapsed/);
}, 180_000);

test('an agent connects to an address of IPv6', async () => {
  await using server = await startConfigured(
    (store) => `host: "::"\njetstream { store_dir: "${store}" }`,
  );
  const at = ['--servers', `nats://[::1]:${server.port}`, '--json'];
  await using agent = rollcall(['agent', ...at, '--host', 'h1', '--name', 'shop']);
  await agent.ready;
  await using doctor = rollcall(['doctor', ...at]);
  await doctor.exited;
  expect(doctor.lines).toContainEqual(
    expect.objectContaining({ about: 'server', what: expect.stringContaining('[::1]') }),
  );
});

test('an address of a web socket is refused by name', async () => {
  await using ps = rollcall(['ps', '--servers', 'ws://127.0.0.1:8080']);
  expect(await ps.exited).toBe(2);
  expect(ps.stderr).toContain('ws://127.0.0.1:8080');
  expect(ps.stderr).toContain('web sockets are not supported');
});
