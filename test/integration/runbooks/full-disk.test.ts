import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { openDisk } from '../chaos/faults/disk.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestCluster } from '../harness/cluster.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

const heading = 'The disk of a server is full';
const isLive = (consumer: { live: readonly string[] }) => () => consumer.live.join() === 'h1';

test('the runbook of a full disk, played on a single server until its fleet is live again', async (context) => {
  await using disk = await openDisk();
  if (disk.unfillable !== undefined) return context.skip(disk.unfillable);
  const [metrics = 0, seat = 0] = await freePorts(2);
  await using alerts = await startAlerts(context, [metrics, seat]);
  await using server = await startTestServer({ storeDir: disk.directory });
  await using drill = await Drill.open(server.url);
  const play = new Runbook(heading, drill);
  await drill.collector('collector', '--metrics', `${seat}`);
  const agent = await drill.agent('h1', '--metrics', `${metrics}`);
  const consumer = await drill.consumer();
  await until('it is live', isLive(consumer), patience);
  let hasEnded = false;
  void agent.exited.then(() => {
    hasEnded = true;
  });

  await disk.fill();
  await alerts.fires('RollcallRenewalsFail', play, 240_000);
  await alerts.fires('RollcallLeaseLapsed', play);
  await play.run('rollcall doctor', { code: 1, shows: ['its disk may be full'] });
  // That of a cluster.
  play.mentioned('rollcall doctor');
  expect((await drill.done('rollcall ps')).out).toMatch(/web\/h1 .*dubious +unobserved/);
  expect([hasEnded, consumer.empty]).toEqual([false, 0]);

  // 2. and 3. Space is freed; if that is not enough after 20 s, the server is restarted.
  await disk.free();
  await until('it is live without a restart', isLive(consumer), 20_000).catch(() =>
    server.restart(),
  );
  await until('it is live again', isLive(consumer), patience);
  await play.run('rollcall audit verify', { shows: ['no divergence'], within: patience });
  play.end();
  expect([hasEnded, consumer.repeated]).toEqual([false, []]);
  await drill.allIsWell();
}, 600_000);

test('the runbook of a full disk, played on one server of three while the others go on', async (context) => {
  await using disk = await openDisk();
  if (disk.unfillable !== undefined) return context.skip(disk.unfillable);
  await using cluster = await startTestCluster(3, { storeDirs: [disk.directory] });
  const [full, ...others] = cluster.nodes;
  await using drill = await Drill.open(others.map(({ url }) => url).join(), { replicas: 3 });
  const play = new Runbook(heading, drill);
  await drill.collector();
  await drill.agent('h1');
  const consumer = await drill.consumer();
  await until('it is live', isLive(consumer), patience);

  await disk.fill();
  for (let n = 1; n <= 5; n += 1) {
    const change = `rollcall policy set brake.pace=${1000 + n}ms`;
    await until('a write is stored', async () => (await drill.play(change)).code === 0, patience);
  }
  await until('it is live', isLive(consumer), patience);
  // That of a single server.
  play.mentioned('rollcall doctor');
  await play.run('rollcall doctor', {
    code: 1,
    shows: [/✕ copies .* node-1 is behind/],
    within: patience,
  });
  // 4. Stop it, make space, start it.
  await full?.stop();
  await disk.free();
  await full?.restart();
  await cluster.ready();
  await play.run('rollcall audit verify', { shows: ['no divergence'], within: patience });
  play.end();
  expect([consumer.empty, consumer.repeated]).toEqual([0, []]);
  await drill.allIsWell();
}, 600_000);
