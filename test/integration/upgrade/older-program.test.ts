import { describe, expect, it } from 'vitest';
import type { TestFleet } from '../harness/fleet.ts';
import type { RollcallProcess } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { divergencesOf, unlikeReplay } from '../restores/support/verified.ts';
import { type OlderProgram, openOlderProgram } from './support/older-program.ts';

const world = withServer();
const web = (id: string) => [{ service: 'web', id, port: 8080 }];
const patience = 60_000;
/** Of agents that are replaced: a busy machine may take seconds to start a process. */
const long = ['--ttl', '10s', '--grace', '60s'];

async function killed(process: RollcallProcess): Promise<void> {
  process.kill('SIGKILL');
  await process.exited;
}

const untilLive = (fleet: TestFleet, id: string, after = 0) =>
  until(
    `${id} is live`,
    () => {
      const row = fleet.row('web', id);
      return row?.state === 'live' && row.token > after;
    },
    patience,
  );

/** Both versions verify the history, and a replay of it is the registry. */
async function verified(fleet: TestFleet, older: OlderProgram): Promise<void> {
  await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
  expect(await divergencesOf(fleet)).toEqual([]);
  expect(await unlikeReplay(fleet)).toEqual([]);
  const verify = older.start(['audit', 'verify']);
  expect([await verify.exited, verify.stderr]).toEqual([0, '']);
}

describe('processes of the version of 2026-11-27 and of this version', () => {
  it('replace each other in one slot without a gap, first up and then down', async () => {
    await using fleet = await world.fleet();
    await using older = await openOlderProgram(fleet);
    const file = await fleet.instancesFile(web('a'));
    await older.collector();
    const first = await older.serving('h1', 'a', file, long);
    await untilLive(fleet, 'a');
    const from = fleet.told.length;

    // The upgrade: the collectors side by side, then the agent.
    const collector = await fleet.collector();
    const before = fleet.row('web', 'a')?.token ?? 0;
    await killed(first);
    const { process: second } = await fleet.serving('h1', 'a', web('a'), long);
    await untilLive(fleet, 'a', before);
    await verified(fleet, older);

    // The downgrade: the newer collector goes, then the agent.
    collector.kill('SIGTERM');
    expect(await collector.exited).toBe(0);
    const upgraded = fleet.row('web', 'a')?.token ?? 0;
    await killed(second);
    await older.serving('h1', 'a', file, long);
    await untilLive(fleet, 'a', upgraded);
    await verified(fleet, older);

    expect(fleet.told.slice(from).filter(({ now }) => now === undefined)).toEqual([]);
    expect(await fleet.keys()).toEqual(['agent.h1.a', 'instance.h1.a.web.a']);
  });

  it('remove the dead agents of each other', async () => {
    await using fleet = await world.fleet();
    await using older = await openOlderProgram(fleet);
    const oldCollector = await older.collector();
    const { process: young } = await fleet.serving('h1', 'young', web('y'));
    await older.serving('h2', 'old', await fleet.instancesFile(web('o')));
    await untilLive(fleet, 'y');
    await untilLive(fleet, 'o');
    await killed(young);
    await fleet.standing('agent.h2.old', 'instance.h2.old.web.o');

    await killed(oldCollector);
    await fleet.collector();
    const dies = await older.serving('h3', 'old', await fleet.instancesFile(web('p')));
    await untilLive(fleet, 'p');
    await killed(dies);
    await fleet.standing('agent.h2.old', 'instance.h2.old.web.o');
    await verified(fleet, older);
  });
});
