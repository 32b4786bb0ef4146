import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of lost agents, played from its alerts until one is back and the other acknowledged', async (context) => {
  const [metrics = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [metrics]);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('Agents are lost', drill, {
    'HOST/AGENT': 'n1/api',
    'zone:ZONE': 'zone:north',
  });
  await drill.collector('collector', '--metrics', `${metrics}`);
  const north = ['--zone', 'north'];
  const agents = [await drill.agent('n1', ...north), await drill.agent('n2', ...north)];
  await drill.agent('s1', '--zone', 'south');
  const consumer = await drill.consumer();
  await until('all are live', () => consumer.live.length === 3, patience);

  for (const agent of agents) agent.kill('SIGKILL');
  expect((await alerts.fires('RollcallAgentsLost', play)).labels['zone']).toBe('north');
  expect((await alerts.fires('RollcallInstancesLost', play)).labels['service']).toBe('web');
  for (const list of ['ps', 'agents', 'hosts']) {
    expect((await drill.done(`rollcall ${list}`)).out).toMatch(/^lost: zone north: 2 of 2 agents/m);
  }
  await play.run('rollcall lost', { shows: [/n1\/api .*web\/n1 .*n2\/api .*web\/n2/] });
  await play.run('rollcall why HOST/AGENT', {
    shows: [/n1\/api is not registered: its last run was declared dead .* of silence/],
  });

  await drill.agent('n1', ...north);
  await until('n1 is live', () => consumer.live.includes('n1'), patience);
  // One is back, the other one stays away.
  expect((await drill.done('rollcall lost')).out).toMatch(/1 of 2 agents.* 1 back: /);
  await play.run('rollcall lost ack zone:ZONE --yes --why "…"', {
    shows: ['acknowledged: 1 agent and 1 instance', 'n2/api'],
  });
  play.end();
  for (const list of ['ps', 'agents', 'hosts']) {
    expect((await drill.done(`rollcall ${list}`)).out).not.toMatch(/^lost/m);
  }
  await alerts.rests('RollcallAgentsLost');
  await alerts.rests('RollcallInstancesLost');
  await drill.allIsWell();
}, 600_000);
