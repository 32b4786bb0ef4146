import { describe, expect } from 'vitest';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { scenario } from '../support/scenario.ts';
import { oneDead } from './support/one-dead-run.ts';

describe('a collector that cannot see', () => {
  scenario(
    'is blind if it does not see the renewals of its own seat, and judges no run',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      const c = fleet.collector('c1');
      await fleet.advance(seconds(5));
      c.process.line.down = true;
      await fleet.advance(fleet.lease.ttl / 3 + seconds(1.3));
      expect(c.collector.state).toBe('blind');
      await fleet.advance(seconds(60));
      expect(c.collector.state).toBe('sleeping');
      c.process.line.down = false;
      await fleet.advance(seconds(10));
      expect(c.collector.state).toBe('watching');
      expect(fleet.phase('h1/a')).toBe('live');
      expect(a.agent.state).toBe('serving');
    },
  );

  scenario('suspects no run for the time during which it was frozen (G6)', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    const c = fleet.collector('c1');
    await fleet.advance(seconds(5));
    for (const time of [seconds(1.5), seconds(4), seconds(20)]) {
      c.process.freeze();
      await fleet.advance(time);
      c.process.thaw();
      const before = c.transitions.length;
      await fleet.advance(0);
      expect(['blinded', 'unseated']).toContain(c.transitions[before]?.event.type);
      await fleet.advance(seconds(15));
      expect(c.collector.state).toBe('watching');
    }
    expect(fleet.audit.story({ run: a.agent.run, entity: 'run' })).toEqual([
      'started',
      'announced',
    ]);
  });

  scenario('counts every silence from zero when it can see again (G6)', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    const c = fleet.collector('c1');
    await fleet.advance(seconds(5));
    // Its requests are lost and its connection stays open: only silence shows the failure.
    a.process.line.fate = () => 'lost';
    await fleet.advance(seconds(1));
    c.process.freeze();
    await fleet.advance(seconds(1.5));
    c.process.thaw();
    await fleet.advance(fleet.lease.ttl - 200);
    expect(fleet.phase('h1/a')).toBe('live');
    await fleet.advance(seconds(1));
    expect(fleet.phase('h1/a')).toBe('live, silent');
  });

  scenario(
    'writes no suspicion for which it waited when its machine was suspended (G6)',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      const c = fleet.collector('c1');
      await fleet.advance(seconds(5));
      a.process.freeze();
      const renewedAt = fleet.world.leases.writtenAt(
        leaseKey({ ...a.agent.slot, run: a.agent.run }),
      );
      const due = (renewedAt ?? 0) + fleet.lease.ttl;
      // The first request after a whole ttl of silence is the first read of a judgement.
      c.process.line.fate = () => {
        if (fleet.clock.monotonic() >= due) c.process.suspend();
        return 'fine';
      };
      while (!c.process.gate.shut) await fleet.advance(10);
      c.process.line.fate = () => 'fine';
      await fleet.advance(seconds(60));
      c.process.thaw();
      await fleet.advance(seconds(1));
      expect(fleet.phase('h1/a')).toBe('live');
      await fleet.advance(fleet.lease.ttl + seconds(5));
      expect(fleet.phase('h1/a')).toMatch(/^live, /);
    },
  );

  scenario('counts every grace from zero when it can see again (G6)', async (fleet) => {
    await oneDead(fleet);
    const c = fleet.collector('c1');
    while (!fleet.phase('h1/a').startsWith('live, ')) await fleet.advance(100);
    await fleet.advance(fleet.lease.grace - seconds(2));
    c.process.freeze();
    await fleet.advance(seconds(4));
    c.process.thaw();
    await fleet.advance(fleet.lease.grace - seconds(1));
    expect(fleet.phase('h1/a')).toMatch(/^live, /);
    await fleet.advance(seconds(6));
    expect(fleet.record('h1/a').kind).toBe('absent');
  });

  scenario(
    'gives a run its whole grace for each suspicion, although its view lags',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      const c = fleet.collector('c1');
      await fleet.advance(seconds(5));
      a.process.freeze();
      while (fleet.phase('h1/a') !== 'live, silent') await fleet.advance(10);
      await fleet.advance(seconds(1));
      c.process.view.close();
      a.process.thaw();
      await fleet.advance(seconds(1));
      expect(fleet.phase('h1/a')).toBe('live');
      a.process.vanish();
      while (fleet.phase('h1/a') !== 'live, silent') await fleet.advance(10);
      await fleet.advance(fleet.lease.grace - seconds(1));
      expect(fleet.phase('h1/a')).toBe('live, silent');
      c.process.view.open();
      await fleet.advance(seconds(20));
      expect(fleet.record('h1/a').kind).toBe('absent');
    },
    // Its view lags for 4.4 s: from 5 s on it would be blind.
    { lease: { ttl: seconds(2), grace: seconds(2) } },
  );

  scenario(
    'stops removing and does not loop without pause while its connection is down',
    async (fleet) => {
      const names = Array.from({ length: 1000 }, (_, n) => `web/${n}`);
      const a = fleet.agent('h1/a', names);
      const c = fleet.collector('c1');
      await fleet.advance(seconds(5));
      await fleet.kill(a.process);
      // Down from its first removal on: the run is expired, and one batch of it is removed.
      c.process.line.fate = () => (c.process.commits.length >= 3 ? 'unsent' : 'fine');
      while (fleet.phase('h1/a') !== 'expired') await fleet.advance(10);
      await fleet.advance(seconds(30));
      expect(fleet.record('h1/a').kind).toBe('stored');
      c.process.line.fate = () => 'fine';
      await fleet.advance(seconds(60));
      expect(fleet.record('h1/a').kind).toBe('absent');
      expect(fleet.instances('h1/a')).toEqual({});
    },
  );

  scenario('is not affected by a change of its wall clock', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    const c = fleet.collector('c1');
    await fleet.advance(seconds(5));
    for (const by of [seconds(3600), seconds(-7200), seconds(3600)]) {
      c.process.clock.setWall(by);
      await fleet.advance(seconds(15));
      expect(c.collector.state).toBe('watching');
    }
    expect(fleet.audit.story({ run: a.agent.run, entity: 'run' })).toEqual([
      'started',
      'announced',
    ]);
  });
});
