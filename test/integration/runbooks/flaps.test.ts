import { expect, test } from 'vitest';
import { Drill, patience } from '../disasters/support/drill.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { throughout, until } from '../harness/until.ts';
import { Runbook } from './support/runbook.ts';

test('the runbook of an agent that flaps, played until a longer ttl keeps it live', async () => {
  await using server = await startTestServer();
  await using drill = await Drill.open(server.url);
  const play = new Runbook('An agent flaps', drill, {
    'HOST/AGENT': 'h1/api',
    'SERVICE/ID': 'web/h1',
  });
  await drill.collector();
  const agent = await drill.agent('h1', '--grace', '30s');
  await drill.agent('h2');
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.length === 2, patience);

  // A machine that is overloaded for longer than the ttl, again and again.
  for (let times = 0; times < 4; times += 1) {
    agent.kill('SIGSTOP');
    await until('h1 is dubious', () => !consumer.live.includes('h1'), patience);
    agent.kill('SIGCONT');
    await until('h1 is live', () => consumer.live.includes('h1'), patience);
  }
  await play.run('rollcall doctor', { shows: [/· flaps 1 agent .*h1\/api \(4\)/] });
  await play.run('rollcall agents -o wide', { shows: [/FLAPS 1H\/24H/, /h1\/api .* 4\/4 /] });
  await play.run('rollcall why HOST/AGENT', {
    shows: ['It returned from suspicion or death 4 times in the last hour'],
  });
  const shown = await play.run('rollcall audit show SERVICE/ID');
  expect(shown.out.match(/the instance is dubious: silent/g)).toHaveLength(4);

  agent.kill('SIGTERM');
  await agent.exited;
  const instances = await drill.instancesFile('h1');
  const patient = play.start('rollcall agent --ttl 15s', [
    ...['--host', 'h1', '--name', 'api', '--instances', instances],
  ]);
  await until('h1 is live', () => consumer.live.includes('h1'), patience);
  patient.kill('SIGSTOP');
  await throughout('h1 stays live', () => consumer.live.includes('h1'), 6000);
  patient.kill('SIGCONT');

  await play.run('rollcall policy set flaps=5');
  play.end();
  expect((await drill.done('rollcall doctor')).out).toMatch(/✓ flaps /);
  await drill.allIsWell();
}, 600_000);
