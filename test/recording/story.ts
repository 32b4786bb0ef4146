import { setTimeout as sleep } from 'node:timers/promises';
import { seconds } from '../../src/domain/time.ts';
import type { TestFleet } from '../real/harness/fleet.ts';

const times = ['--ttl', '5s', '--grace', '5s'];

/**
 * Two minutes of a fleet: a machine dies, one is frozen and thawed, an agent is taken over, one is
 * silent as planned, half a rack falls silent at once, one leaves.
 */
export async function play(fleet: TestFleet, say: (what: string) => void): Promise<void> {
  const agent = async (
    host: string,
    name: string,
    rack: string,
    last: number,
    ...ids: string[]
  ) => {
    const instances = ids.map((text) => {
      const [service = '', id = '', port = '0'] = text.split(/[/:]/);
      return { service, id, port: Number(port) };
    });
    const where = ['--zone', rack, '--address', `10.0.0.${last}`];
    return (await fleet.serving(host, name, instances, [...times, ...where])).process;
  };
  const operator = (...words: string[]) =>
    fleet.start([...words, '--host', 'ops-1', '--as', 'maria']).exited;

  say('a collector and nine agents start');
  const ops = (host: string) =>
    fleet.start(['collector', '--host', host, '--name', 'collector', ...times]);
  await ops('ops-1').ready;
  await ops('ops-2').ready;
  const web1 = await agent('web-1', 'web', 'rack-a', 11, 'shop/web-1:8080', 'search/web-1:8081');
  const web2 = await agent('web-2', 'web', 'rack-a', 12, 'shop/web-2:8080', 'search/web-2:8081');
  const web3 = await agent('web-3', 'web', 'rack-a', 13, 'shop/web-3:8080', 'search/web-3:8081');
  const batch = await agent('batch-1', 'worker', 'rack-a', 14, 'jobs/a', 'jobs/b', 'jobs/c');
  const edge = await agent('edge-1', 'proxy', 'rack-a', 15, 'edge/north:443');
  await agent('db-1', 'postgres', 'rack-b', 21, 'db/main:5432');
  const db2 = await agent('db-2', 'postgres', 'rack-b', 22, 'db/replica:5432');
  const cache = await agent('cache-1', 'redis', 'rack-b', 23, 'cache/one:6379');
  await agent('cache-1', 'metrics', 'rack-b', 23, 'metrics/cache-1:9100');
  await sleep(seconds(4));

  say('web-3 dies');
  web3.kill('SIGKILL');
  await sleep(seconds(14));

  say('db-2 is frozen, and thawed before its grace is over');
  db2.kill('SIGSTOP');
  await sleep(seconds(8));
  db2.kill('SIGCONT');
  await sleep(seconds(5));

  say('web-1 is taken over by a new version');
  const more = [...times, '--zone', 'rack-a', '--address', '10.0.0.11', '--takeover'];
  const shop = [{ service: 'shop', id: 'web-1', port: 8090 }];
  const { process: web1b } = await fleet.serving('web-1', 'web', shop, more);
  await web1.exited;
  await sleep(seconds(4));

  say('cache-1 is silent as planned');
  await operator('hold', 'cache-1', '--for', '60s', '--why', 'new kernel');
  cache.kill('SIGSTOP');
  await sleep(seconds(12));
  cache.kill('SIGCONT');
  await sleep(seconds(3));
  await operator('release', 'cache-1');
  await sleep(seconds(3));

  say('half of rack-a falls silent: the brake');
  for (const one of [web1b, web2, batch]) one.kill('SIGSTOP');
  await sleep(seconds(16));
  web2.kill('SIGCONT');
  await sleep(seconds(6));
  web1b.kill('SIGCONT');
  await sleep(seconds(6));
  batch.kill('SIGKILL');
  batch.kill('SIGCONT');
  await sleep(seconds(6));

  say('web-3 is back, edge-1 leaves');
  await agent('web-3', 'web', 'rack-a', 13, 'shop/web-3:8080', 'search/web-3:8081');
  edge.kill('SIGTERM');
  await edge.exited;
  await sleep(seconds(6));
}
