import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'vitest';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { Runbook } from './support/runbook.ts';

/** So many events make the first keyframe due. */
const many = 10_000;

test('the runbook of an audit that is too large, played until the history has a limit', async () => {
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('The audit is too large', drill, {
    FILE: 'anchor.jsonl',
    'SERVICE/ID': 'web/busy',
  });
  const file = join(drill.folder, 'h1.json');
  // A check that flaps, at its first failure: each change of its state is an event.
  const command = ['sh', '-c', 'test $(( $(date +%s) / 2 % 2 )) = 0'];
  const check = { exec: command, every: '1s', timeout: '5s', failAfter: 1 };
  const busy = { service: 'web', id: 'busy', port: 1, address: '127.0.0.1', check };
  const jobs = Array.from({ length: many }, (_, n) => ({ service: 'job', id: `j${n}` }));
  await writeFile(file, JSON.stringify({ instances: [busy, ...jobs.slice(1)] }));
  const agent = drill.start(['agent', '--host', 'h1', '--name', 'api', '--instances', file]);
  await agent.ready;
  const consumer = await drill.consumer();
  await until('it is registered', () => consumer.runOf('busy'), patience);
  await drill.collector();

  await play.run('rollcall doctor', {
    shows: [/the history has 1\d{4} events, \d+\.\d MB; it has no limit/],
    within: patience,
  });
  await play.run('rollcall audit export --out history.ndjson.gz', { shows: [/written to/] });
  await play.run('rollcall audit anchor --to FILE');
  await play.run('rollcall policy set retention.maxAge=90d', {
    shows: [/retention.maxAge: .* → 90d/],
  });
  await play.run('rollcall audit limit', {
    shows: ['the history is limited: retention.maxAge=90d'],
    within: 2 * patience,
  });
  await play.run('rollcall doctor', { shows: ['its limit is 90d'], within: 2 * patience });
  await play.run('rollcall audit show SERVICE/ID', {
    shows: [/(serving → failing[\s\S]*){4}/],
    within: patience,
  });
  play.end();
  await drill.done('rollcall audit verify --file history.ndjson.gz');
  await drill.allIsWell();
}, 600_000);
