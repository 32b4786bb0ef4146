import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of a lost server, played while agents and a collector run', async () => {
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('A server is lost', drill, { NAME: 'alice', LATEST: '2026-12-01' });
  await drill.collector();
  const ends: unknown[] = [];
  for (const host of ['h1', 'h2']) {
    const agent = await drill.agent(host);
    void agent.exited.then((code) => ends.push([host, code, agent.stderr]));
  }
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
  await drill.done('rollcall backup --out backups/2026-12-01');

  await server.kill();
  await rm(join(server.storeDir, 'jetstream'), { recursive: true });
  const refused = await drill.play('rollcall ps');
  expect([refused.code, refused.err]).toEqual([
    3,
    expect.stringContaining('no NATS server answers'),
  ]);
  expect(play.text).toContain('no NATS server answers');
  expect(consumer.empty).toBe(0);

  // 1. A server at the same address with an empty store.
  await server.restart();
  await until('both are live again', () => consumer.live.join() === 'h1,h2', patience);
  await play.run('rollcall restore backups/LATEST --yes --as NAME', {
    shows: ['the history is verified'],
  });
  await play.run('rollcall doctor', { shows: ['no problem found'], within: patience });
  await play.run('rollcall audit verify', { shows: ['no divergence', 'by desk/alice'] });
  play.end();
  await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
  // No process ended, and no consumer was left without an instance. Tokens may be lower: the restore says so.
  expect([consumer.empty, ends]).toEqual([0, []]);
  await drill.allIsWell();
}, 600_000);
