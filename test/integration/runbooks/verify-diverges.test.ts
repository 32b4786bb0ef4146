import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of a verification that diverges, played after another tool changed a record', async () => {
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('Verify diverges', drill, {
    ...{ FILES: 'anchor.jsonl', FOLDER: 'backups/diverged', LATEST: 'good', NAME: 'alice' },
  });
  await drill.collector();
  const agent = await drill.agent('h1');
  await drill.agent('h2');
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.length === 2, patience);
  await drill.done('rollcall audit anchor --to anchor.jsonl');
  await drill.done('rollcall backup --out backups/good');

  // Another tool gives a live instance another port.
  const wire = await connect({ servers: server.url });
  const subject = '$KV.rollcall_shop_registry.instance.h1.api.web.h1';
  const read = await wire.request(
    '$JS.API.DIRECT.GET.KV_rollcall_shop_registry',
    JSON.stringify({ last_by_subj: subject }),
  );
  await wire.request(subject, read.string().replace('8080', '9090'));
  await wire.close();

  await play.run('rollcall audit verify', { code: 1, shows: [/✕ #\d+ record web\/h1 of h1\/api/] });
  await play.run('rollcall backup --out FOLDER', { code: 1, shows: ['the history diverges'] });
  await play.run('rollcall doctor', { shows: ['✓ losses registry and audit fit together'] });
  await play.run('rollcall repair', { shows: ['nothing to repair'] });
  await play.run('rollcall audit export --out evidence.ndjson.gz', { shows: ['written to'] });
  await play.run('rollcall audit verify --anchor FILES', { code: 1, shows: ['1 anchor agrees'] });
  expect(consumer.live).toEqual(['h1', 'h2']);
  // The divergence stays, also after the agent has written its record again.
  agent.kill('SIGTERM');
  await agent.exited;
  await drill.agent('h1');
  await until('both are live', () => consumer.live.length === 2, patience);
  expect((await drill.play('rollcall audit verify')).code).toBe(1);

  await play.run('rollcall restore backups/LATEST --yes --as NAME', {
    shows: ['the history is verified'],
  });
  play.end();
  await until('both are live', () => consumer.live.length === 2, patience);
  await drill.allIsWell();
  const evidence = await drill.play('rollcall audit verify --file evidence.ndjson.gz');
  expect(evidence.out).toContain('events');
}, 600_000);
