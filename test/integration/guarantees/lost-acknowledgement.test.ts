import { describe, expect, it } from 'vitest';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { startProxy } from '../harness/proxy.ts';

describe('a create without a reply', () => {
  it.each(['stored', 'not stored', 'stored late'] as const)(
    '(%s) never puts one run id into a slot twice',
    async (how) => {
      await using server = await startTestServer();
      await using fleet = await TestFleet.open(server.url);
      await using proxy = await startProxy(server);
      const agent = fleet.gated(
        {
          role: 'agent',
          host: 'h1',
          name: 'a',
          ttl: 30_000, // longer than the store is silent, so that only the claim is in doubt
          instances: [{ service: 'web', id: 'w1' }],
          gate: { commit: 1, when: 'before', what: 'pause' },
        },
        proxy.url,
      );
      await agent.line((line) => line.event === 'gate');
      if (how === 'stored') proxy.blackhole('to-client');
      else proxy.blackhole();
      agent.go();
      const first = await agent.line((line) => line.event === 'commit' && line['n'] === 1);
      expect(first['outcome']).toBe('unknown');
      // What the proxy holds back is lost with its connections, or arrives now, late.
      if (how === 'not stored') proxy.cut();
      await proxy.pass();
      const { run } = await agent.ready;

      await fleet.standing('agent.h1.a', 'instance.h1.a.web.w1');
      const history = await fleet.history();
      const runs = history.filter((e) => e.of.entity === 'run' && e.event.type === 'started');
      const ids = runs.map((e) => e.of.run);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.at(-1)).toBe(run);
      const sessions = history.filter(
        (e) => e.of.entity === 'session' && e.event.type === 'opened',
      );
      const confirmed = history.filter((e) => e.event.type === 'confirmed');
      // The record names the run, which rewrites it once; or it does not, and the id is spent. Stored
      // late, it is one or the other, by whether it arrives before or after the run looks.
      const seen = { ids: ids.length, sessions: sessions.length, confirmed: confirmed.length };
      const named = { ids: 1, sessions: 1, confirmed: 1 };
      const spent = { ids: 1, sessions: 2, confirmed: 0 };
      const allowed = {
        stored: [named],
        'not stored': [spent],
        'stored late': [named, spent, { ...spent, ids: 2 }],
      };
      expect(allowed[how]).toContainEqual(seen);
    },
  );
});
