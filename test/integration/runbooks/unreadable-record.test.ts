import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of an unreadable record, played from the finding until the record is gone', async () => {
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const key = 'instance.h9.api.web.h9';
  const play = new Runbook('A record is unreadable', drill, { KEY: key, NAME: 'alice' });
  await drill.collector();
  await drill.agent('h1');
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);

  const wire = await connect({ servers: server.url });
  await wire.request(`$KV.rollcall_shop_registry.${key}`, '{"v":99}');
  await wire.close();
  // The reason begins with `v:`, because a newer version may have written it.
  await play.run('rollcall doctor', {
    code: 1,
    shows: [`✕ records ${key}`, /cannot be read: v: /, `rollcall gc remove '${key}'`],
  });
  expect(consumer.live).toEqual(['h1']);
  await play.run('rollcall gc remove KEY --yes --as NAME', { shows: [`removed: ${key}`] });
  play.end();
  expect(consumer.live).toEqual(['h1']);
  await drill.allIsWell();
}, 600_000);
