import { cp, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { isAlive } from '../cli/support/demo-story.ts';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startProxy } from '../harness/proxy.ts';
import { throughout, until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';
import { operatorMode } from '../surroundings/support/operator-server.ts';
import { startAlerts } from './support/alerts.ts';
import { Runbook } from './support/runbook.ts';

const heading = 'A login expired';
const child = 'echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; exec sleep 600';
const wrapped = [
  ...['--host', 'h1', '--name', 'api', '--service', 'web', '--id', 'h1'],
  ...['--ttl', '3s', '--grace', '60s', '--drain', '0s'],
];
const process = ['--', 'bash', '-c', child];

test('the runbook of a login that expired, played until its credentials file is replaced', async (context) => {
  const [metrics = 0] = await freePorts(1);
  await using alerts = await startAlerts(context, [metrics]);
  const { config, creds } = operatorMode();
  await using server = await startConfigured(config);
  await using line = await startProxy(server);
  await using drill = await Drill.open(server.url);
  const play = new Runbook(heading, drill);
  const file = join(drill.folder, 'h1.creds');
  const replace = async (text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  await replace(creds(3600));
  const own = join(drill.folder, 'own.creds');
  await writeFile(own, creds());
  await drill.collector('collector', '--creds', own);
  const run = drill.start([
    ...['run', '--servers', line.url, '--creds', file, '--metrics', `${metrics}`],
    ...wrapped,
    ...process,
  ]);
  const pid = Number((await run.line(({ event }) => event === 'pid'))['pid']);
  const ps = async () => (await drill.play(`rollcall ps --creds ${own}`)).out;
  await until('it is live', async () => /web\/h1 .*live/.test(await ps()), patience);
  await alerts.fires('RollcallLoginExpires', play);

  await replace(creds(2));
  // The server closes a connection when the credentials with which it was made expire; until then it keeps it.
  line.cut();
  await until('the server refuses it', () => run.stderr.includes('the server refuses'), patience);
  await alerts.fires('RollcallLoginRefused', play);
  await until('it is dubious', async () => /web\/h1 .*dubious/.test(await ps()), patience);
  expect(run.stderr).toMatch(/the server refuses the credentials in .*h1\.creds/);
  expect(isAlive(pid)).toBe(true);

  // 1. Its file is replaced. No restart is needed.
  await replace(creds(30 * 86_400));
  await until('it is live again', async () => /web\/h1 .*live/.test(await ps()), patience);
  await alerts.rests('RollcallLoginRefused');
  await alerts.rests('RollcallLoginExpires');
  expect(isAlive(pid)).toBe(true);
}, 600_000);

test('the runbook of a login that expired, played with the logins of rollcall access', async () => {
  const [port = 0] = await freePorts(1);
  const url = `nats://127.0.0.1:${port}`;
  await using drill = await Drill.open(url);
  const play = new Runbook(heading, drill, { HOST: 'h1' });
  const access = join(drill.folder, 'state', 'rollcall', 'access');
  await drill.done('rollcall access init');
  await using server = await startConfigured(
    (store) =>
      `jetstream { store_dir: "${store}" }\ninclude ./${relative(dirname(store), join(access, 'nats-access.conf'))}\n`,
    port,
  );
  await drill.done(`rollcall access init --reload ${server.pid}`);
  for (const login of ['collector one', 'consumer shop', 'agent h1']) {
    await drill.done(`rollcall access add ${login}`);
  }
  const login = (name: string) => join(access, 'logins', 'shop', name);
  await drill.done(`rollcall namespace create --login ${login('deploy-deploy')}`);
  await drill.collector('collector', '--login', login('collector-one'));
  // The folder on the machine of the agent.
  const copy = join(drill.folder, 'h1', 'login');
  await mkdir(dirname(copy));
  const distribute = () => cp(login('agent-h1'), copy, { recursive: true });
  await distribute();
  const run = drill.start(['run', '--login', copy, ...wrapped, ...process]);
  const pid = Number((await run.line(({ event }) => event === 'pid'))['pid']);
  const ps = async () => (await drill.play(`rollcall ps --login ${login('consumer-shop')}`)).out;
  const isLive = async () => /web\/h1 .*live/.test(await ps());
  await until('it is live', isLive, patience);

  // The key that the host has is not valid any more.
  await drill.done('rollcall access rotate agent h1');
  await drill.done('rollcall access rotate agent h1 --finish');
  await until('the server refuses it', () => run.stderr.includes('the server refuses'), patience);
  await until('it is dubious', async () => /web\/h1 .*dubious/.test(await ps()), patience);
  expect(isAlive(pid)).toBe(true);

  await play.run('rollcall access rotate agent HOST', { shows: ['has a new key'] });
  await distribute();
  await until('it is live again', isLive, patience);
  await play.run('rollcall access rotate agent HOST --finish', { shows: ['has one key again'] });
  play.mentioned('rollcall run');
  play.end();
  await throughout('it stays live', isLive, 10_000);
  expect(isAlive(pid)).toBe(true);
}, 600_000);
