import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { startProxy } from '../harness/proxy.ts';
import { until } from '../harness/until.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of a silent zone, played from its alert until all hosts are back', async (context) => {
  const [metrics = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [metrics]);
  await using server = await startTestServer();
  await using line = await startProxy(server);
  await using drill = await Drill.open(server.url);
  const play = new Runbook('A zone is silent', drill, { 'zone:ZONE': 'zone:north' });
  await drill.collector('collector', '--metrics', `${metrics}`);
  await drill.agent('s1', '--zone', 'south');
  const north = ['n1', 'n2', 'n3', 'n4', 'n5'];
  for (const host of north) {
    await drill.agent(host, '--zone', 'north', '--grace', '15s', '--servers', line.url);
  }
  const consumer = await drill.consumer();
  await until('all are live', () => consumer.live.length === 6, patience);
  // Slower than by default, so that hosts are left when a busy machine comes to the third step.
  await drill.done('rollcall policy set brake.pace=40s');

  // The network between the zone and NATS delivers nothing any more.
  line.blackhole();
  const { labels } = await alerts.fires('RollcallBrakeOn', play);
  expect(labels['zone']).toBe('north');
  await play.run('rollcall hosts', {
    shows: [/n\d ◌ suspect silent/, /brake: zone north has been braked/],
    within: patience,
  });
  expect((await drill.done('rollcall ps')).out).toMatch(/web\/n\d +◌ dubious +silent/);
  expect(consumer.live).toEqual(['s1']);
  const firstIsLost = async () => (await drill.done('rollcall lost')).out.includes('zone north');
  await until('the first is declared dead', firstIsLost, patience);
  await play.run('rollcall lost', { shows: [/lost: zone north: \d of 5 agents/] });

  const listed = await play.run('rollcall hosts --filter zone:ZONE', { shows: [/n\d/] });
  const [held = '', ...others] = new Set(listed.out.match(/^n\d/gm));
  expect(others.length).toBeGreaterThan(0);
  play.choose('HOST', held);
  await play.run('rollcall hold HOST --for 1h --why "…"', { shows: [`${held} is on hold`] });
  await play.run('rollcall release HOST');
  await play.run('rollcall gc plan', { code: 1, shows: [/brake: zone north/] });
  await play.run('rollcall policy set brake.pace=1s', { shows: ['brake.pace: 40s → 1s'] });
  const allAreLost = async () => (await drill.done('rollcall lost')).out.includes('5 of 5 agents');
  await until('all are declared dead', allAreLost, patience);
  await play.run('rollcall policy set brake.pace=default');

  await line.pass();
  await until('all are live again', () => consumer.live.length === 6, patience);
  await play.run('rollcall hosts', { shows: [/n1 ● live .*n5 ● live/] });
  play.end();
  await alerts.rests('RollcallBrakeOn');
  await drill.allIsWell();
}, 600_000);
