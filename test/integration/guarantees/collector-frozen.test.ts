import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const many = 3000;
/** Longer than its seat lease, and than the ttl and the grace of every run. */
const frozenFor = 60_000;

it('a collector that is frozen for a minute during a removal deletes nothing wrong after it is thawed', async () => {
  await using fleet = await world.fleet();
  const collector = await fleet.collector();
  const specs = Array.from({ length: many }, (_, n) => ({ service: 'web', id: `w${n}` }));
  const dead = await fleet.serving('h1', 'a', specs);
  await until('all are there', () => fleet.directory.instances('web').length === many, 60_000);
  dead.process.kill('SIGKILL');
  await until('it is removing', () => fleet.directory.instances('web').length < many, 60_000);
  collector.kill('SIGSTOP');
  await pause(500); // what it has sent arrives
  const left = (await fleet.keys()).length;
  expect(left).toBeGreaterThan(450);
  expect(left).toBeLessThan(many + 1);

  const next = await fleet.bystander('h1', 'a', specs);
  await until(
    'all of it is there again',
    async () => (await fleet.keys()).length === many + 1,
    60_000,
  );
  await pause(frozenFor);
  const before = await fleet.records();
  expect(before.get('agent.h1.a')?.text).toContain(next.run);
  collector.kill('SIGCONT');
  await pause(10_000);

  const after = await fleet.records();
  expect(after.size).toBe(many + 1);
  for (const [key, entry] of before) expect(after.get(key)).toEqual(entry);
  const thawed = collector.lines
    .filter(({ event }) => event === 'transition')
    .map(({ type }) => type);
  expect(thawed).toContain('unseated');
  const removed = (await fleet.history()).filter(
    (e) => e.of.run === next.run && e.event.type === 'removed',
  );
  expect(removed).toEqual([]);
}, 240_000);
