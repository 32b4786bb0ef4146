import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { TestFleet } from '../harness/fleet.ts';
import { type RunningProgram, runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const example = fileURLToPath(new URL('../../../docs/examples/agent.py', import.meta.url));

const slot = 'agent.h1.python';
const instance = 'instance.h1.python.web.w1';

const startExample = (fleet: TestFleet): RunningProgram =>
  runProgram(
    {
      path: 'python3',
      env: {
        NATS_URL: fleet.url,
        ROLLCALL_NAMESPACE: fleet.namespace,
        ROLLCALL_HOST: 'h1',
        ROLLCALL_TTL: '2',
        ROLLCALL_GRACE: '1',
        ROLLCALL_INSTANCES: JSON.stringify([
          { service: 'web', id: 'w1', address: '10.0.0.1', port: 80, labels: { version: '1' } },
        ]),
      },
    },
    [example],
  );

const types = async (fleet: TestFleet, entity: string) =>
  (await fleet.history())
    .filter(({ of }) => of.entity === entity && 'host' in of && of.host === 'h1')
    .map(({ event }) => event.type);

/** `rollcall audit verify` finds no difference between the rules, the history and the records. */
async function verifies(fleet: TestFleet): Promise<void> {
  const verify = fleet.start(['audit', 'verify']);
  expect(await verify.exited, JSON.stringify(verify.lines)).toBe(0);
}

it('the example agent in Python registers, renews, is killed, restarts, and its history verifies', async () => {
  await using fleet = await world.fleet();
  await fleet.collector();
  await using first = startExample(fleet);
  await until('w1 is live', () => fleet.row('web', 'w1')?.state === 'live');
  expect(fleet.row('web', 'w1')).toMatchObject({ address: '10.0.0.1', port: 80 });
  const [before] = await fleet.store.leases.list('run.>');
  await until('the lease is renewed', async () => {
    const [now] = await fleet.store.leases.list('run.>');
    return (now?.revision ?? 0) > (before?.revision ?? 0);
  });

  first.kill('SIGKILL');
  await until('w1 is dubious', () => fleet.row('web', 'w1')?.state === 'dubious');
  await fleet.standing();
  expect(await types(fleet, 'run')).toEqual([
    'started',
    'announced',
    'suspected',
    'expired',
    'removed',
  ]);

  await using second = startExample(fleet);
  await until('w1 is live again', () => fleet.row('web', 'w1')?.state === 'live');
  expect(await fleet.keys()).toEqual([slot, instance]);
  second.kill('SIGTERM');
  await fleet.standing();
  expect((await types(fleet, 'instance')).at(-1)).toBe('removed');
  await verifies(fleet);
});
