import { expect, it } from 'vitest';
import type { TestFleet } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const w1 = 'instance.h1.a.web.w1';
const ghost = 'instance.h2.a.web.ghost';

const overwrite = async (fleet: TestFleet, key: string): Promise<void> => {
  await until('another tool overwrites the record', async () => {
    const { revision } = await fleet.store.registry.read(key);
    const writes = [{ key, expectedRevision: revision, text: 'no JSON' }];
    return (await fleet.store.registry.commit({ writes, events: [] })).outcome === 'committed';
  });
};

async function run(fleet: TestFleet, ...args: readonly string[]) {
  const process = fleet.start(args);
  return { code: await process.exited, line: process.lines.at(-1), stderr: process.stderr };
}

it('gc remove removes what no live run owns, with an event if the history has its chain, and refuses the rest', async () => {
  await using fleet = await world.fleet();
  const { process } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);

  const owned = await run(fleet, 'gc', 'remove', w1, '--yes');
  expect(owned).toMatchObject({ code: 1, line: { removed: false } });
  expect(owned.line?.['why']).toContain('owns it, has its slot');
  const lives = await run(fleet, 'deregister', 'web/w1', '--yes');
  expect(lives).toMatchObject({ code: 1, line: { removed: false } });
  expect(await run(fleet, 'gc', 'remove', 'agent.h1.a', '--yes')).toMatchObject({ code: 1 });
  expect(await run(fleet, 'gc', 'remove', ghost)).toMatchObject({ code: 1 });
  expect(await fleet.keys()).toEqual(['agent.h1.a', w1]);

  await overwrite(fleet, ghost);
  await overwrite(fleet, w1);
  process.kill('SIGTERM');
  await process.exited;
  await fleet.standing(w1, ghost);
  expect(await run(fleet, 'audit', 'verify')).toMatchObject({ code: 1 });

  expect(await run(fleet, 'gc', 'remove', w1)).toMatchObject({ code: 1, line: { removed: false } });
  await fleet.standing(w1, ghost);
  for (const key of [w1, ghost]) {
    const removal = await run(fleet, 'gc', 'remove', key, '--yes', '--as', 'alice');
    expect(removal, key).toMatchObject({
      code: 0,
      line: { removed: true, by: { agent: 'alice' } },
    });
  }
  await fleet.standing();
  expect(await run(fleet, 'deregister', 'web/w1')).toMatchObject({ code: 1 });
  const last = (await fleet.history()).at(-1);
  expect(last).toMatchObject({
    of: { entity: 'instance', id: 'w1' },
    event: { type: 'removed', why: 'orphan' },
    actor: { agent: 'alice' },
    evidence: { holder: null, lease: 'absent', through: 'gc remove' },
  });
  expect(await run(fleet, 'audit', 'verify')).toMatchObject({ code: 0 });
});

it('deregister removes an instance that a dead run left, by its name, at the revision that it read', async () => {
  await using fleet = await world.fleet();
  const { process } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
  process.kill('SIGKILL');
  await process.exited;
  const { revision } = await fleet.store.registry.read('agent.h1.a');
  const write = { key: 'agent.h1.a', expectedRevision: revision, text: undefined };
  await fleet.store.registry.commit({ writes: [write], events: [] });
  const before = (await fleet.history()).length;
  const tried = ['deregister', 'web/w1', '--yes', '--dry-run'];
  await until('the lease has lapsed', async () => (await run(fleet, ...tried)).code === 0);
  expect(await run(fleet, 'gc', 'remove', w1, '--yes', '--dry-run')).toMatchObject({
    code: 0,
    line: { removed: false, dryRun: true, why: expect.stringContaining('this would be removed') },
  });
  await fleet.standing(w1);
  expect((await fleet.history()).length).toBe(before);
  expect(await run(fleet, 'deregister', 'web/w1', '--yes', '--as', 'alice')).toMatchObject({
    code: 0,
  });
  await fleet.standing();
  expect((await fleet.history()).at(-1)).toMatchObject({
    event: { type: 'removed', why: 'orphan' },
    actor: { agent: 'alice' },
  });
});
