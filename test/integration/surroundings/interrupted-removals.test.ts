import { expect, test } from 'vitest';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { divergencesOf } from '../restores/support/verified.ts';
import { beginHere } from './support/agent-here.ts';

const world = withServer();

const specsOf = (count: number): readonly InstanceSpec[] =>
  Array.from({ length: count }, (_, n) =>
    InstanceSpec.parse({ service: 'web', id: `i${n}`, port: 1 + n }),
  );
const registered = (fleet: TestFleet): number => fleet.directory.instances('web').length;

/** Waits for the next change until so many instances are registered. */
const untilFewer = (fleet: TestFleet, than: number) =>
  until(`fewer than ${than} are registered`, () => registered(fleet) < than, 90_000);

test('collectors that are killed in the middle of each removal of 1000 instances leave nothing, and the history is complete', async () => {
  await using fleet = await world.fleet();
  const cycles = 6;
  const began = performance.now();
  let interrupted = 0;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const collector = await fleet.collector(`c${cycle}`);
    const { die } = await beginHere(fleet, 'large', specsOf(1000), { isReady: true });
    await until('all are registered', () => registered(fleet) === 1000, 60_000);
    await die();
    await untilFewer(fleet, 1000);
    // A removal takes three commits.
    collector.kill('SIGKILL');
    await collector.exited;
    interrupted += (await fleet.records()).size > 1 ? 1 : 0;
    const next = await fleet.collector(`d${cycle}`);
    await fleet.standing();
    next.kill('SIGKILL');
    await next.exited;
  }
  const minutes = (performance.now() - began) / 60_000;
  process.stdout.write(
    `${cycles} agents of 1000 instances and ${2 * cycles} collectors killed in ${minutes.toFixed(1)} minutes, ${interrupted} removals interrupted\n`,
  );
  expect(interrupted).toBeGreaterThan(0);
  expect(await divergencesOf(fleet)).toEqual([]);
}, 600_000);

test('an agent that is killed while it registers 10 000 instances leaves nothing, and the next one registers all', async () => {
  await using fleet = await world.fleet();
  const first = await beginHere(fleet, 'large', specsOf(10_000), { isReady: false });
  await until('some are registered', () => registered(fleet) > 0, 60_000);
  await first.die();
  const left = (await fleet.records()).size;
  expect(left).toBeLessThan(10_001);
  await fleet.collector('c1');
  await fleet.standing();
  const second = await beginHere(fleet, 'large', specsOf(10_000), { isReady: true });
  await until('all are registered', () => registered(fleet) === 10_000, 60_000);
  await second.die();
  process.stdout.write(`killed with ${left} records, then 10 000 instances killed\n`);
  await untilFewer(fleet, 10_000);
  await fleet.standing();
  expect(await divergencesOf(fleet)).toEqual([]);
}, 400_000);
