import { kill } from 'node:process';
import { expect, test } from 'vitest';
import { startTestCluster } from '../harness/cluster.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';
import { freshNamespace } from '../nats/support/open-store.ts';

test('a server that leaves in lame duck mode is left by an agent, whose instances stay live', async () => {
  await using cluster = await startTestCluster();
  const [leaving, staying] = cluster.nodes;
  const namespace = freshNamespace();
  const at = (url = '') => ['--servers', url, '--namespace', namespace, '--json'];
  const timings = ['--ttl', '3s', '--grace', '3s'];
  const collector = [...at(staying?.url), '--host', 'h2'];
  await using watching = rollcall(['collector', ...collector, '--replicas', '3']);
  await watching.ready;
  // It knows one address, and learns the others from the server.
  const shop = [...at(leaving?.url), '--host', 'h1', '--name', 'shop', ...timings];
  await using agent = rollcall(['agent', ...shop]);
  await agent.ready;
  kill(leaving?.pid ?? 0, 'SIGUSR2');
  await until('it is connected again', () => agent.stderr.includes('reconnected to'), 60_000);
  expect(agent.stderr).not.toContain(`reconnected to 127.0.0.1:${leaving?.port}`);
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
