import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { days, hours } from '../../../src/domain/time.ts';
import { timing } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const preload = fileURLToPath(new URL('../fixtures/shifted-clock.mjs', import.meta.url));
/** As far ahead, then behind, then right again; each step is longer than the life of a tombstone. */
const steps = [0, days(2), -days(2), hours(-3), 0];
const stepping = {
  NODE_OPTIONS: `--import=${pathToFileURL(preload)}`,
  SHIFT_CLOCK: `${steps}`,
};

it('a collector, an agent and a consumer whose clocks step by days suspect no live run and miss no death', async () => {
  await using fleet = await world.fleet();
  const times = ['--ttl', '2s', '--grace', '1s'];
  const collector = fleet.start(['collector', '--host', 'c', ...times], stepping);
  await collector.line(({ type }) => type === 'sighted');
  const { process: steady } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'steady' }]);
  const file = await fleet.instancesFile([{ service: 'web', id: 'shaken' }]);
  const name = ['--host', 'h2', '--name', 'a', '--instances', file];
  const shaken = fleet.start(['agent', ...name, ...times], stepping);
  await shaken.ready;
  await until('both are live', () =>
    ['steady', 'shaken'].every((id) => fleet.row('web', id)?.state === 'live'),
  );
  const consumer = fleet.start(['watch'], stepping);
  /** The changes of which the consumer was notified, oldest first. */
  const shown = () =>
    consumer.lines
      .filter(({ event }) => event === 'instance')
      .map(({ change, state }) => `${change} ${state}`);
  await until('the consumer shows both', () => shown().length >= 2);
  const told = fleet.told.length;
  for (const _ of steps.slice(2)) {
    for (const process of [collector, shaken, consumer]) process.kill('SIGUSR2');
    await pause(timing.ttl + 500);
  }
  const types = (await fleet.history()).map(({ event }) => event.type);
  expect(types).not.toContain('suspected');
  expect(fleet.told.slice(told)).toEqual([]);
  expect(shown()).toEqual(['there live', 'there live']);
  // The last step comes right after a death.
  for (const process of [steady, shaken]) process.kill('SIGKILL');
  for (const process of [collector, consumer]) process.kill('SIGUSR2');
  await until('both are removed', () => fleet.directory.agents().length === 0);
  await until('the consumer shows none', () => shown().length >= 6);
  expect(shown().slice(2, 4)).toEqual(['changed dubious', 'changed dubious']);
});
