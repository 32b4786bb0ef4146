import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of a fleet without a collector, played after the only one was killed', async (context) => {
  const ports = await freePorts(2);
  await using alerts = await startAlerts(context, ports);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('No collector works', drill);
  const collector = await drill.collector('first', '--metrics', `${ports[0]}`);
  await drill.agent('h1');
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);

  collector.kill('SIGKILL');
  await alerts.fires('RollcallNoSeatHeld', play);
  // The lease of the seat ends later than the alert begins, if Prometheus never saw the collector.
  const listed = async () => (await drill.done('rollcall ps')).out;
  await until('it is unobserved', async () => /dubious +unobserved/.test(await listed()), patience);
  await play.run('rollcall doctor', { code: 1, shows: [/✕ collectors no collector is active/] });
  const name = ['--host', 'watch', '--name', 'second', '--metrics', `${ports[1]}`];
  await play.start('rollcall collector', name).ready;
  play.end();
  await until('it is live again', () => consumer.live.join() === 'h1', patience);
  await alerts.rests('RollcallNoSeatHeld');
  expect([consumer.empty, consumer.repeated]).toEqual([0, []]);
  await drill.allIsWell();
}, 600_000);

/** How many JetStream consumers the account of the fleet may have. */
const config = (consumers: number) => (storeDir: string) =>
  `
jetstream: { store_dir: "${storeDir}" }
accounts: { fleet: {
  jetstream: { max_consumers: ${consumers} }
  users: [ { user: fleet, password: fleet } ]
} }
no_auth_user: fleet`;

test('the runbook of a fleet without a collector, played while the only one is blind', async (context) => {
  const [port = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [port]);
  await using server = await startConfigured(config(-1));
  await using drill = await Drill.open(server.url);
  const play = new Runbook('No collector works', drill);
  await drill.collector('first', '--metrics', `${port}`);
  await drill.agent('h1');
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);

  // The limit hinders new watches, and a frozen server makes all watch anew.
  await server.reload(config(1));
  server.kill('SIGSTOP');
  await pause(8000);
  server.kill('SIGCONT');
  await alerts.fires('RollcallCollectorBlind', play);
  await play.run('rollcall doctor', {
    code: 1,
    within: patience,
    shows: [/✕ watches this account allows 1 JetStream consumer/],
  });
  await server.reload(config(-1));
  await alerts.rests('RollcallCollectorBlind');
  await until('it is live again', () => consumer.live.join() === 'h1', patience);
  await drill.allIsWell();
}, 600_000);

test('the runbook of a fleet without a collector, played while the store refuses what it writes', async (context) => {
  const [port = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [port]);
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('No collector works', drill);
  await drill.collector('first', '--metrics', `${port}`);
  const agent = await drill.agent('h1');
  const consumer = await drill.consumer();
  await until('it is live', () => consumer.live.join() === 'h1', patience);

  // The stream of the registry is full.
  const wire = await connect({ servers: server.url });
  const { streams } = await jetstreamManager(wire);
  const name = 'KV_rollcall_shop_registry';
  await streams.update(name, { max_bytes: (await streams.info(name)).state.bytes });
  agent.kill('SIGKILL');
  await alerts.fires('RollcallCommitsRefused', play);
  await play.run('rollcall doctor', {
    code: 1,
    within: patience,
    shows: [/✕ collectors no collector observes/, /maximum bytes exceeded/],
  });
  expect((await drill.done('rollcall ps')).out).toMatch(/web\/h1 .*dubious +unobserved/);
  await streams.update(name, { max_bytes: -1 });
  await wire.close();
  await alerts.rests('RollcallCommitsRefused');
  await until('the dead agent is removed', () => consumer.runOf('h1') === undefined, patience);
  await drill.allIsWell();
}, 600_000);
