import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { freePorts, portOf } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { openOlderProgram } from '../upgrade/support/older-program.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of an upgrade that goes wrong, played back to the older version and the backup', async (context) => {
  // The version of 2026-11-27 has no metric of its version yet: another exporter has it in its place.
  await using exporter = createServer((_, response) =>
    response.end('rollcall_build_info{version="0.0.9",node="26.0.0"} 1\n'),
  );
  exporter.listen(0, '127.0.0.1');
  const [metrics = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [metrics, portOf(exporter)]);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('An upgrade goes wrong', drill, { LATEST: 'before', NAME: 'alice' });
  await using older = await openOlderProgram({ url: server.url, namespace: drill.namespace });
  await older.collector();
  const long = ['--ttl', '10s', '--grace', '60s'];
  const file = await drill.instancesFile('h1');
  const first = await older.serving('h1', 'api', file, long);
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);
  await drill.done('rollcall backup --out backups/before');

  // The upgrade: a newer collector, and the agent.
  await drill.collector('newer', '--metrics', `${metrics}`);
  first.kill('SIGKILL');
  await first.exited;
  const second = await drill.agent('h1', ...long);
  await second.ready;
  await alerts.fires('RollcallMixedVersions', play);
  await play.run('rollcall audit verify', { shows: ['no divergence'], within: patience });

  // 2. Back: the older version takes the slot of the newer one.
  second.kill('SIGKILL');
  await second.exited;
  const third = await older.serving('h1', 'api', file, long);
  await until('it is live', () => consumer.live.join() === 'h1', patience);
  await drill.allIsWell();

  // 3. The registry is damaged. The older version stops if it finds an earlier run in its slot, so it is started again.
  await play.run('rollcall restore backups/LATEST --yes --as NAME', {
    shows: ['the history is verified'],
  });
  play.end();
  third.kill('SIGKILL');
  await third.exited;
  await older.serving('h1', 'api', file, long);
  await until('it is live', () => consumer.live.join() === 'h1', patience);
  expect(consumer.empty).toBe(0);
  await drill.allIsWell();
}, 600_000);
