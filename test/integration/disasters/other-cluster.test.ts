import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { startTestCluster } from '../harness/cluster.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { commandsUnder } from './support/documented.ts';
import { Drill, patience } from './support/drill.ts';

const page = 'docs/how-to/restore.md';
const parts = ['KV_rollcall_shop_registry', 'KV_rollcall_shop_leases', 'ROLLCALL_shop_audit'];

async function streamsAt(url: string) {
  const wire = await connect({ servers: url.split(',') });
  try {
    const { streams } = await jetstreamManager(wire);
    return await Promise.all(parts.map((stream) => streams.info(stream)));
  } finally {
    await wire.close();
  }
}

test('a fleet moves to a cluster where agents wait already; its own agents follow with the new address', async () => {
  const lines = await commandsUnder(page, 'To another cluster');
  await using old = await startTestServer();
  await using cluster = await startTestCluster(3);
  const there = cluster.urls.join();
  await using drill = await Drill.open(old.url);
  const processes = [await drill.collector(), await drill.agent('h1'), await drill.agent('h2')];
  const before = await drill.consumer();
  await until('both are live', () => before.live.join() === 'h1,h2', patience);
  const tokens = before.tokens;

  await drill.done('rollcall backup --out backups/2026-12-01');
  drill.servers = there;
  drill.replicas = 3;
  await drill.collector('there');
  await drill.agent('h3');
  const consumer = await drill.consumer();
  await until('one waits there', () => consumer.live.join() === 'h3', patience);
  const [restore = '', ...rest] = lines;
  const { err } = await drill.done(restore.replace('nats://new:4222', there));
  expect(err).toContain('the replaced registry was created after the backup');
  await drill.follow(rest.slice(0, -1), there);
  for (const process of processes) process.kill('SIGTERM');
  for (const process of processes) await process.exited;
  for (const host of ['h1', 'h2']) await drill.agent(host);
  await until('all are live there', () => consumer.live.join() === 'h1,h2,h3', patience);
  await drill.follow(lines.slice(-1), there);
  await drill.allIsWell();
  for (const [id, token] of tokens) expect(consumer.tokens.get(id)).toBeGreaterThan(token);
  // Only of the agent that waited there: the restore said so.
  expect(consumer.repeated.filter((text) => !text.startsWith('h3:'))).toEqual([]);
  expect(consumer.empty).toBe(0);
  for (const { config } of await streamsAt(there))
    expect([config.name, config.num_replicas]).toEqual([config.name, 3]);
}, 400_000);

test('a namespace that is restored elsewhere takes nothing from its agents, and under another name it is refused', async () => {
  await using old = await startTestServer();
  await using drill = await Drill.open(old.url);
  await drill.collector();
  for (const host of ['h1', 'h2']) await drill.agent(host);
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
  await drill.done('rollcall backup --out backups/2026-12-01');
  const [, , before] = await streamsAt(old.url);

  const renamed = await drill.play(
    'rollcall restore backups/2026-12-01 --namespace store --as alice',
  );
  expect([renamed.code, renamed.err]).toEqual([
    2,
    expect.stringContaining(`is a backup of namespace 'shop', not of 'store'`),
  ]);
  expect((await drill.play('rollcall ps --namespace store')).err).toContain(`no namespace 'store'`);

  await using other = await startTestServer();
  await using copy = await Drill.open(other.url);
  const folder = join(drill.folder, 'backups/2026-12-01');
  await access(folder);
  const { out } = await copy.done(`rollcall restore ${folder} --as alice`);
  expect(out.replaceAll('\n', ' ')).toContain(
    'it has 2 agents: those that do not connect to this server are declared dead here; another server that they still use is not changed',
  );
  await copy.collector();
  await copy.agent('h9');
  const there = await copy.consumer();
  await until(
    'the new fleet has only its own',
    async () => {
      const { out: rows } = await copy.play('rollcall agents -o name');
      return there.live.join() === 'h9' && rows.trim() === 'h9/api';
    },
    patience,
  );
  await copy.allIsWell();
  const lost = await copy.done('rollcall agents --lost');
  expect(lost.out).toMatch(/h1\/api[\s\S]*h2\/api/);

  // Meanwhile the old fleet had no transition.
  const [, , after] = await streamsAt(old.url);
  expect(after?.state.last_seq).toBe(before?.state.last_seq);
  expect(consumer.live).toEqual(['h1', 'h2']);
  expect([consumer.empty, consumer.longestAbsence('h1', 'h2') < 5000]).toEqual([0, true]);
  await drill.allIsWell();
}, 400_000);
