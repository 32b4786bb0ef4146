import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

const listed = (...ids: readonly string[]) =>
  JSON.stringify({
    instances: ids.map((id) => ({ service: 'web', id, port: 8080, address: '127.0.0.1' })),
  });

test('the runbook of an instances file with an error, played until the file is valid', async (context) => {
  const [port = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [port]);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const file = await drill.instancesFile('h1');
  const next = join(drill.folder, 'next.json');
  const play = new Runbook('An instances file has an error', drill, { FILE: next, AGENT: 'api' });
  await drill.collector();
  const agent = await drill.agent('h1', '--metrics', `${port}`);
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);

  await writeFile(file, listed('h1', 'h2').replace('8080', '"http"'));
  await alerts.fires('RollcallInstancesFileInvalid', play);
  // 1. The log and the probe name the error.
  expect(agent.stderr).toMatch(/port/);
  const probe = await fetch(`http://127.0.0.1:${port}/readyz`);
  expect([probe.status, await probe.text()]).toEqual([
    200,
    expect.stringMatching(/warning: the instances file has an error.*port/),
  ]);
  expect(consumer.live).toEqual(['h1']);
  // 2. A correction that is not one yet, and one that is.
  await writeFile(next, listed('h1', 'h2').replace('8080', '99999'));
  const refused = await drill.play(`rollcall agent --name api --instances ${next} --dry-run`);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('port')]);
  await writeFile(next, listed('h1', 'h2'));
  await play.run('rollcall agent --name AGENT --instances FILE --dry-run', {
    shows: ['the file is valid'],
  });
  // 4. An agent that starts with the file as it is.
  const early = drill.start(['agent', '--host', 'h3', '--name', 'api', '--instances', file]);
  expect(await early.exited).toBe(2);
  // 3. It is put in place.
  await rename(next, file);
  play.end();
  await until('both are live', () => consumer.live.toSorted().join() === 'h1,h2', patience);
  await alerts.rests('RollcallInstancesFileInvalid');
  await drill.allIsWell();
}, 600_000);
