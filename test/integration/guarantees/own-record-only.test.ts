import { describe, expect, it } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

describe('an agent', () => {
  it('whose record an operator deletes starts a new run, and its instances survive', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const { revision } = await fleet.store.registry.read('agent.h1.a');
    const deleted = await fleet.store.registry.commit({
      writes: [{ key: 'agent.h1.a', expectedRevision: revision, text: undefined }],
      events: [],
    });
    expect(deleted.outcome).toBe('committed');
    const again = await agent.process.line(
      (line) => line['to'] === 'serving' && line['run'] !== agent.run,
    );
    await until('the new run is seen', () => fleet.row('web', 'w1')?.run === again['run']);
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.w1');
    expect(fleet.told.filter(({ now }) => now === undefined)).toEqual([]);
  });

  it('that stops normally is removed immediately, and the audit has it as left, not expired', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const agent = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    agent.process.kill('SIGTERM');
    expect(await agent.process.exited).toBe(0);
    expect(await fleet.keys()).toEqual([]);
    expect((await fleet.store.leases.list('run.>')).length).toBe(0);
    const history = await fleet.history();
    const types = history.filter((e) => e.of.entity === 'run').map((e) => e.event.type);
    expect(types).toEqual(['started', 'announced', 'withdrawn', 'left']);
    const removal = history.find((e) => e.of.entity === 'instance' && e.event.type === 'removed');
    expect(removal?.event['why']).toBe('left');
    expect(removal?.actor.run).toBe(agent.run);
  });
});
