import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemAdapters } from '../../../src/composition/system-adapters.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { beginHere, silent } from './support/agent-here.ts';

const world = withServer();
const say = (line: string) => void process.stdout.write(`${line}\n`);

const specOf = (n: number, labels: Record<string, string> = {}): InstanceSpec =>
  InstanceSpec.parse({ service: `s${n % 100}`, id: `i${n}`, port: 1 + (n % 65_535), labels });
/** Behind the last record of a start: the events of the last instance and of the run, and one of the session. */
const followingEvents = 3;
const lastSequence = async (fleet: TestFleet): Promise<number> =>
  Math.max(...[...(await fleet.records()).values()].map(({ revision }) => revision));

test('an agent with 10 000 instances registers all, and writes only what changes', async () => {
  await using fleet = await world.fleet();
  const specs = Array.from({ length: 10_000 }, (_, n) => specOf(n));
  const began = performance.now();
  const { agent } = await beginHere(fleet, 'large', specs, { isReady: true });
  const registered = performance.now() - began;
  await until('consumers see all', () => fleet.directory.instances().length === 10_000);
  const before = await lastSequence(fleet);
  const changed = specs.with(4711, specOf(4711, { version: '2' }));
  const changing = performance.now();
  agent.replace(changed);
  await until('it is changed', () => fleet.row('s11', 'i4711')?.labels['version'] === '2');
  const took = performance.now() - changing;
  say(
    `10 000 instances: registered in ${Math.round(registered)} ms, one change ${Math.round(took)} ms`,
  );
  expect((await lastSequence(fleet)) - before).toBeLessThanOrEqual(1 + followingEvents);
  await agent.stop();
}, 120_000);

test('1000 changes of a list of 1000 instances write 1000 records and nothing else', async () => {
  await using fleet = await world.fleet();
  let specs = Array.from({ length: 1000 }, (_, n) => specOf(n));
  const { agent } = await beginHere(fleet, 'reload', specs, { isReady: true });
  const before = await lastSequence(fleet);
  const began = performance.now();
  for (let n = 0; n < 1000; n += 1) {
    specs = specs.with(n, specOf(n, { version: `${n}` }));
    agent.replace(specs);
    await agent.whenSettled(specs[n] as InstanceSpec, AbortSignal.timeout(10_000));
  }
  const took = performance.now() - began;
  say(`1000 changes of 1000 instances: ${Math.round(took)} ms`);
  await until('all are seen', () => fleet.row('s99', 'i999')?.labels['version'] === '999');
  const events = (await fleet.history()).filter(({ of }) => of.entity === 'instance');
  expect(events.filter(({ event }) => event.type === 'changed')).toHaveLength(1000);
  expect(events).toHaveLength(2000);
  // A record and its event for each change.
  expect((await lastSequence(fleet)) - before).toBeLessThanOrEqual(2000 + followingEvents);
  await agent.stop();
}, 180_000);

test('ten restarts a second for a minute under 100 consumers disturb no other agent', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  const quiet = await beginHere(fleet, 'quiet', [specOf(1)], { isReady: true });
  const consumers = Array.from(
    { length: 100 },
    () =>
      new Directory(
        { ...fleet.store, clock: systemAdapters.clock, log: silent, metrics: noopMetrics },
        { seatsEvery: 5000, onChange: () => {} },
      ),
  );
  await Promise.all(consumers.map(({ ready }) => ready));
  const quietBefore = JSON.stringify(
    [...(await fleet.records())].filter(([key]) => key.includes('quiet')),
  );
  const { pid } = spawnSync('true');
  const before = await lastSequence(fleet);
  const began = performance.now();
  let restarts = 0;
  let slowest = 0;
  while (performance.now() - began < 60_000) {
    const started = performance.now();
    const { die } = await beginHere(fleet, 'storm', [specOf(2)], { isReady: true, pid });
    await die();
    restarts += 1;
    slowest = Math.max(slowest, performance.now() - started);
    await pause(Math.max(0, restarts * 100 - (performance.now() - began)));
  }
  const written = (await lastSequence(fleet)) - before;
  await until('all consumers agree', () =>
    consumers.every((one) => one.instances('s1')[0]?.state === 'live'),
  );
  say(
    `restart storm: ${restarts} restarts, ${written} sequences, ${(written / restarts).toFixed(1)} each; slowest ${Math.round(slowest)} ms`,
  );
  const quietAfter = JSON.stringify(
    [...(await fleet.records())].filter(([key]) => key.includes('quiet')),
  );
  expect(quietAfter).toBe(quietBefore);
  expect(restarts).toBeGreaterThan(100);
  // Each restart: the slot, the instance, the announcement, their events, and the events of the session.
  expect(written / restarts).toBeLessThan(20);
  await Promise.all(consumers.map((one) => one[Symbol.asyncDispose]()));
  await quiet.agent.stop();
}, 180_000);
