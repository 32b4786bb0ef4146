import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startTestCluster, untilReady } from '../harness/cluster.ts';
import { startTestServer, type TestServer } from '../harness/nats-server.ts';
import { throughout, until } from '../harness/until.ts';
import { commandsUnder } from './support/documented.ts';
import { Drill, patience } from './support/drill.ts';

const page = 'docs/how-to/restore.md';

/** The machine is gone: its process is killed, and nothing of its disk is left. */
async function lose(server: TestServer): Promise<void> {
  await server.kill();
  await rm(join(server.storeDir, 'jetstream'), { recursive: true });
}

describe('a fleet', () => {
  test('whose only server lost its disk is back from a backup by the documented commands', async () => {
    const lines = await commandsUnder(page, 'A single server lost its disk');
    await using server = await startTestServer();
    await using drill = await Drill.open(server.url);
    await drill.collector();
    for (const host of ['h1', 'h2']) await drill.agent(host);
    const consumer = await drill.consumer();
    await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
    await drill.done('rollcall backup --out backups/2026-12-01');
    await drill.agent('h3');
    await until('three are live', () => consumer.live.length === 3, patience);

    await lose(server);
    await pause(8000);
    await server.restart();
    await drill.follow(lines);
    await until('all are live again', () => consumer.live.join() === 'h1,h2,h3', patience);
    await drill.allIsWell();
    const { out } = await drill.done('rollcall audit verify');
    expect(out.replaceAll('\n', ' ')).toMatch(/the audit lost its tail: .* by desk\/alice/);
    // Tokens of a namespace that agents created meanwhile may be higher: the restore says so.
    expect(consumer.empty).toBe(0);
  }, 400_000);

  test('of three servers, of which one died for good, goes on, and an empty one takes its place', async () => {
    const lines = await commandsUnder(page, 'One of three servers is lost');
    await using cluster = await startTestCluster(3);
    await using drill = await Drill.open(cluster.urls.join(), { replicas: 3 });
    await drill.collector();
    for (const host of ['h1', 'h2']) await drill.agent(host);
    const consumer = await drill.consumer();
    await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
    const runs = ['h1', 'h2'].map((id) => consumer.runOf(id));
    const lost = await cluster.leaderOf(`KV_rollcall_${drill.namespace}_registry`);
    await lose(lost);
    await pause(10_000);
    await drill.agent('h3');
    await until('three are live', () => consumer.live.length === 3, patience);
    await until(
      'doctor names the lost replica',
      async () => {
        const { code, out } = await drill.play('rollcall doctor');
        return code === 1 && /_registry: the replica on node-\d is (offline|behind)/.test(out);
      },
      patience,
    );
    await lost.restart();
    await untilReady(cluster.urls);
    await drill.follow(lines);
    // The replacement is a full member: another one may stop now.
    const [other] = cluster.nodes.filter((node) => node !== lost);
    await other?.stop();
    await throughout('all stay', () => consumer.live.length > 0 && consumer.empty === 0, 5000);
    await other?.restart();
    await until('all are live', () => consumer.live.join() === 'h1,h2,h3', patience);
    await drill.allIsWell();
    expect(['h1', 'h2'].map((id) => consumer.runOf(id))).toEqual(runs);
  }, 400_000);

  test('without a quorum for longer than ttl and grace keeps its runs, and consumers their view', async () => {
    await using cluster = await startTestCluster(3);
    await using drill = await Drill.open(cluster.urls.join(), { replicas: 3 });
    await drill.collector();
    for (const host of ['h1', 'h2']) await drill.agent(host);
    const consumer = await drill.consumer();
    await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
    const runs = ['h1', 'h2'].map((id) => consumer.runOf(id));
    const [one, two] = cluster.nodes;
    await Promise.all([one?.kill(), two?.kill()]);
    // Ttl and grace are 3 s each.
    await pause(20_000);
    expect((await drill.play('rollcall doctor')).code).not.toBe(0);
    await Promise.all([one?.restart(), two?.restart()]);
    await until('both are live again', () => consumer.live.join() === 'h1,h2', patience);
    // The page says so: the audit may copy from the registry again only after a minute.
    await until(
      'the audit copies again',
      async () => (await drill.play('rollcall audit verify')).code === 0,
      patience,
    );
    await drill.follow(await commandsUnder(page, 'Two of three servers stop'));
    await drill.allIsWell();
    expect(['h1', 'h2'].map((id) => consumer.runOf(id))).toEqual(runs);
    expect(consumer.empty).toBe(0);
  }, 400_000);

  test('of which two of three servers are lost for good moves to a new cluster', async () => {
    const lines = await commandsUnder(page, 'Two of three servers are lost');
    await using old = await startTestCluster(3);
    await using cluster = await startTestCluster(3);
    await using drill = await Drill.open(old.urls.join(), { replicas: 3 });
    const collector = await drill.collector();
    const agents = [await drill.agent('h1'), await drill.agent('h2')];
    const before = await drill.consumer();
    await until('both are live', () => before.live.join() === 'h1,h2', patience);
    const tokens = before.tokens;
    await drill.done('rollcall backup --out backups/2026-12-01');
    const [one, two] = old.nodes;
    for (const server of [one, two]) if (server) await lose(server);
    await pause(5000);
    // Its consumers have the last view; commands say that nothing answers.
    expect(before.empty).toBe(0);
    const refused = await drill.play('rollcall ps');
    expect(refused.code).toBe(3);

    // Without agents there doctor has nothing to find yet: it comes after them.
    await drill.follow(lines.slice(0, -1), cluster.urls.join());
    expect(drill.servers).toBe(cluster.urls.join());
    for (const process of [...agents, collector]) process.kill('SIGTERM');
    for (const process of [...agents, collector]) await process.exited;
    await drill.collector();
    for (const host of ['h1', 'h2']) await drill.agent(host);
    const consumer = await drill.consumer();
    await until('both are live there', () => consumer.live.join() === 'h1,h2', patience);
    // A restarted agent adopts its instances, which keep their tokens.
    for (const [id, token] of consumer.tokens)
      expect(token).toBeGreaterThanOrEqual(tokens.get(id) ?? 0);
    // All streams have three replicas, as the backup says, so that one server may stop.
    const first = await cluster.leaderOf(`KV_rollcall_${drill.namespace}_leases`);
    await first.stop();
    await pause(8000);
    await first.restart();
    await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
    await drill.allIsWell();
    expect([consumer.empty, consumer.repeated]).toEqual([0, []]);
  }, 400_000);
});
