import { describe, expect, it } from 'vitest';
import { withServer } from '../harness/with-server.ts';

const world = withServer();

const many = Array.from({ length: 1000 }, (_, n) => ({ service: 'bulk', id: `i${n}` }));

/** Suspect, expire, remove 450, 450, and 100 with the record. */
const steps = [1, 2, 3, 4, 5].flatMap((commit) => [
  { commit, when: 'before' as const },
  { commit, when: 'after' as const },
]);

describe('a collector killed at one of its writes', () => {
  it.concurrent.each(steps)(
    '($when write $commit) is replaced by another collector that finishes the removal',
    async ({ commit, when }) => {
      await using fleet = await world.fleet();
      const dead = await fleet.serving('h1', 'a', many);
      const live = await fleet.bystander('h2', 'a', [{ service: 'web', id: 'w1' }]);
      const before = await fleet.records();
      const first = fleet.gated({
        role: 'collector',
        host: 'watch',
        name: 'one',
        gate: { commit, when, what: 'kill' },
      });
      await first.ready;
      dead.process.kill('SIGKILL');
      expect(await first.exited).toBe('SIGKILL');

      await fleet.collector('two');
      await fleet.standing('agent.h2.a', 'instance.h2.a.web.w1');
      const after = await fleet.records();
      for (const key of after.keys()) expect(after.get(key)).toEqual(before.get(key));
      const history = await fleet.history();
      const removed = history.filter((e) => e.of.run === dead.run && e.event.type === 'removed');
      expect(removed).toHaveLength(many.length + 1);
      expect(history.filter((e) => e.of.run === live.run && e.event.type === 'removed')).toEqual(
        [],
      );
    },
  );
});
