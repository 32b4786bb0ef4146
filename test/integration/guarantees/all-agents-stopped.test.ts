import { describe, expect, it } from 'vitest';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

describe('a registry without live agents', () => {
  it('is cleaned of old records when new agents and collectors start on other hosts', async () => {
    await using fleet = await world.fleet();
    const watcher = await fleet.collector('old');
    const old = await Promise.all(
      ['h1', 'h2', 'h3'].map((host) => fleet.serving(host, 'a', [{ service: 'web', id: host }])),
    );
    for (const { process } of old) process.kill('SIGKILL');
    watcher.kill('SIGKILL');
    await Promise.all([...old.map(({ process }) => process.exited), watcher.exited]);
    expect(await fleet.keys()).toHaveLength(6);

    await fleet.serving('h9', 'a', [{ service: 'web', id: 'h9' }]);
    await fleet.collector('new');
    await fleet.standing('agent.h9.a', 'instance.h9.a.web.h9');
    const history = await fleet.history();
    const ended = history.filter((e) => e.of.entity === 'run' && e.event.type === 'removed');
    expect(new Set(ended.map((e) => e.of.run))).toEqual(new Set(old.map(({ run }) => run)));
  });

  it('is cleaned of the leftovers of ten killed runs of a crash loop, and keeps the instances of the last run', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    let stored = 0;
    for (let n = 0; n < 10; n += 1) {
      // In a slot that is free by then its first commit registers, otherwise its second.
      const crashing = fleet.gated({
        role: 'agent',
        host: 'h1',
        name: 'a',
        instances: [{ service: 'web', id: `w${n}` }],
        gate: { commit: 'with-instance', when: n % 2 === 0 ? 'after' : 'before', what: 'kill' },
      });
      expect(await crashing.exited).toBe('SIGKILL');
      stored += crashing.lines.some(({ outcome }) => outcome === 'committed') ? 1 : 0;
    }
    // Killed before it registered, a run leaves nothing in a slot that was free.
    expect(stored).toBeGreaterThanOrEqual(5);
    const last = await fleet.serving('h1', 'a', [{ service: 'web', id: 'last' }]);
    await fleet.standing('agent.h1.a', 'instance.h1.a.web.last');
    const history = await fleet.history();
    const started = history.filter((e) => e.of.entity === 'run' && e.event.type === 'started');
    expect(started).toHaveLength(stored + 1);
    expect(history.filter((e) => e.of.run === last.run && e.event.type === 'removed')).toEqual([]);
  });
});
