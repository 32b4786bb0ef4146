import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Drill, patience } from '../disasters/support/drill.ts';
import { until } from '../harness/until.ts';
import { startConfigured } from '../nats/support/configured-server.ts';
import { Runbook } from './support/runbook.ts';

const config = (storeDir: string) => `max_payload: 65536\njetstream { store_dir: "${storeDir}" }`;
const times = ['--ttl', '3s', '--grace', '3s'];

test('the runbook of a fleet that grows, played until its largest record is small and its agents only register', async () => {
  await using server = await startConfigured(config);
  await using drill = await Drill.open(server.url);
  const play = new Runbook('The fleet grows', drill);
  const first = await drill.collector();
  const consumer = await drill.consumer();
  const file = join(drill.folder, 'h1.json');
  const web = { service: 'web', id: 'h1', port: 8080, address: '127.0.0.1' };
  const labels = Object.fromEntries(
    Array.from({ length: 160 }, (_, n) => [`label-${n}`, 'x'.repeat(240)]),
  );
  await writeFile(file, JSON.stringify({ instances: [{ ...web, labels }] }));
  const agentOf = (name: string, instances: string, ...more: readonly string[]) =>
    drill.start([
      ...['agent', '--host', 'h1', '--name', name, '--instances', instances, ...times, ...more],
    ]);
  const large = agentOf('api', file);
  await until('it is live', () => consumer.live.join() === 'h1', patience);
  await play.run('rollcall doctor', {
    shows: [/· sizes the largest record has 4\d{4} bytes \(instance\.h1\.api\.web\.h1\)/],
  });

  // 1. and 2. Shorter labels, and its instances at two agents, which start beside it.
  large.kill('SIGTERM');
  expect(await large.exited).toBe(0);
  const second = join(drill.folder, 'second.json');
  await writeFile(file, JSON.stringify({ instances: [web] }));
  await writeFile(second, JSON.stringify({ instances: [{ ...web, id: 'h2', port: 8081 }] }));
  // 3. A collector on a machine of its own, and agents that do not collect.
  await play.start('rollcall collector', ['--host', 'watch-2', ...times]).ready;
  play.end();
  for (const agent of [
    agentOf('api', file, '--no-collect'),
    agentOf('two', second, '--no-collect'),
  ])
    await agent.ready;
  await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
  first.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect((await drill.done('rollcall doctor')).out).toMatch(/✓ sizes .* [3-9]\d\d bytes/);
  await drill.allIsWell();
}, 600_000);
