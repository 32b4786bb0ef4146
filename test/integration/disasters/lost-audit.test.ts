import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { commandsUnder } from './support/documented.ts';
import { Drill, patience } from './support/drill.ts';

test('a fleet whose audit was deleted serves on, every command names the loss, and the documented commands heal it', async () => {
  const lines = await commandsUnder('docs/how-to/restore.md', 'The audit was deleted');
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const collector = await drill.collector();
  for (const host of ['h1', 'h2']) await drill.agent(host);
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
  const runs = ['h1', 'h2'].map((id) => consumer.runOf(id));
  const wire = await connect({ servers: server.url });
  // Its events are trimmed from the outbox, so that only the audit has them.
  await until(
    'the outbox is trimmed',
    async () => {
      const info = await wire.request(
        '$JS.API.STREAM.INFO.KV_rollcall_shop_registry',
        '{"subjects_filter":"rollcall.shop.event.>"}',
      );
      const { state } = info.json<{ state: { subjects?: Record<string, number> } }>();
      return Object.keys(state.subjects ?? {}).length <= 1;
    },
    patience,
  );
  await wire.request('$JS.API.STREAM.DELETE.ROLLCALL_shop_audit', '{}');
  await wire.close();
  // A collector creates it again.
  await until(
    'it is there',
    async () => !(await drill.play('rollcall audit verify')).err.includes('lacks'),
    patience,
  );
  for (const line of ['rollcall ps', 'rollcall agents', 'rollcall hosts']) {
    expect((await drill.done(line)).out).toMatch(/● live/);
  }
  await drill.done('rollcall why web/h1');
  await drill.done('rollcall hold h1 --for 1m --why maintenance');
  for (const line of ['rollcall audit verify', 'rollcall doctor', 'rollcall repair']) {
    const { code, out } = await drill.play(line);
    expect([line, code, out]).toEqual([
      line,
      1,
      expect.stringContaining('the audit was deleted and created again'),
    ]);
  }
  expect((await drill.play('rollcall backup --out backups/then')).code).toBe(1);
  expect(collector.stderr).toContain('the outbox is not trimmed until an operator accepts this');
  await drill.follow(lines);
  await drill.allIsWell();
  expect(['h1', 'h2'].map((id) => consumer.runOf(id))).toEqual(runs);
  expect([consumer.empty, consumer.repeated]).toEqual([0, []]);
}, 400_000);
