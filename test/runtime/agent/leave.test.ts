import { describe, expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { type FleetInMemory, specOf } from '../support/fleet-in-memory.ts';
import { mishaps } from '../support/link-faults.ts';
import { scenario } from '../support/scenario.ts';

async function expectGone(fleet: FleetInMemory, run: string) {
  expect(fleet.record('h1/a').kind).toBe('absent');
  expect(fleet.instances('h1/a')).toEqual({});
  expect(fleet.leaseStands('h1/a', run)).toBe(false);
}

describe('an agent that leaves', () => {
  scenario(
    'removes its instances, its record and its lease, and the audit says left',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1', 'web/2']);
      await fleet.advance(seconds(1));
      const { run } = a.agent;
      await a.agent.stop();
      expect(a.ended()).toBe('left');
      await expectGone(fleet, run);
      expect(fleet.audit.story({ run, entity: 'run' })).toEqual([
        'started',
        'announced',
        'withdrawn',
        'left',
      ]);
      expect(fleet.audit.story({ run, name: 'web/1' })).toEqual(['registered', 'removed']);
      expect(fleet.audit.story({ run, entity: 'session' }).slice(-2)).toEqual([
        'told-to-leave',
        'left',
      ]);
    },
  );

  scenario('removes the instances that a late write registered', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const { run } = a.agent;
    const from = a.process.line.requests;
    a.process.line.fate = (n) => (n === from + 1 ? 'late' : 'fine');
    // The late registration arrives between its list and its write.
    a.process.beforeCommit = ({ events }) =>
      events.some(({ text }) => text.includes('"withdrawn"'))
        ? fleet.clock.sleep(seconds(2), new AbortController().signal)
        : Promise.resolve();
    a.agent.replace([specOf('web/1'), specOf('web/2')]);
    await fleet.clock.settle();
    const stopped = a.agent.stop();
    await fleet.advance(seconds(5));
    await stopped;
    expect(fleet.audit.story({ run, name: 'web/2' })).toEqual(['registered', 'removed']);
    await expectGone(fleet, run);
  });

  scenario('is never suspected, and leaves nothing to collect', async (fleet) => {
    const c = fleet.collector('h9');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    await a.agent.stop();
    await fleet.advance(seconds(60));
    expect(c.process.commits).toEqual([]);
  });

  scenario(
    'drains: its instances are draining for the given time, and are then removed',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1'], { drainFor: seconds(8) });
      await fleet.advance(seconds(1));
      void a.agent.stop();
      await fleet.advance(seconds(7.9));
      const web = fleet.instance('h1/a', 'web/1');
      expect(web.kind === 'stored' && web.record.state).toBe('draining');
      expect(fleet.phase('h1/a')).toBe('leaving');
      expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(true);
      await fleet.advance(seconds(0.2));
      expect(a.ended()).toBe('left');
    },
  );

  scenario('drains a thousand instances for that time once, not once per batch', async (fleet) => {
    const names = Array.from({ length: 1000 }, (_, n) => `web/${n}`);
    const a = fleet.agent('h1/a', names, { drainFor: seconds(8) });
    await fleet.advance(seconds(1));
    const { run } = a.agent;
    void a.agent.stop();
    await fleet.advance(seconds(8.1));
    expect(a.ended()).toBe('left');
    await expectGone(fleet, run);
    const story = fleet.audit.story({ run, name: 'web/999' });
    expect(story).toEqual(['registered', 'drained', 'removed']);
  });

  scenario(
    'drains for that time although the write of the draining got no answer',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1'], { drainFor: seconds(8) });
      await fleet.advance(seconds(1));
      const from = a.process.line.requests;
      a.process.line.fate = (n) => (n === from + 3 ? 'unanswered' : 'fine');
      void a.agent.stop();
      await fleet.advance(seconds(7.9));
      const web = fleet.instance('h1/a', 'web/1');
      expect(web.kind === 'stored' && web.record.state).toBe('draining');
      await fleet.advance(seconds(1));
      expect(a.ended()).toBe('left');
    },
  );

  scenario(
    'gives up when the store does not answer, and collectors remove the rest',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      fleet.collector('h9');
      await fleet.advance(seconds(1));
      a.process.line.down = true;
      void a.agent.stop();
      await fleet.advance(seconds(9.9));
      expect(a.ended()).toBeUndefined();
      await fleet.advance(seconds(4));
      expect(a.ended()).toBe('left');
      await a.process.crash();
      await fleet.advance(2 * fleet.lease.ttl + fleet.lease.grace);
      expect(fleet.record('h1/a').kind).toBe('absent');
      expect(fleet.instances('h1/a')).toEqual({});
    },
  );

  scenario('leaves nothing behind while its lease is lapsed', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const { run } = a.agent;
    a.process.line.down = true;
    await fleet.advance(fleet.lease.ttl + seconds(1));
    expect(a.agent.state).toBe('lapsed');
    void a.agent.stop();
    a.process.line.down = false;
    await fleet.advance(seconds(3));
    expect(a.ended()).toBe('left');
    await expectGone(fleet, run);
  });

  scenario(
    'detects that it was superseded, and leaves the records of the other run unchanged',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      a.process.freeze();
      const b = fleet.agent('h1/a', ['web/1'], { takeover: true });
      await fleet.advance(seconds(1));
      void a.agent.stop();
      a.process.thaw();
      await fleet.advance(seconds(15));
      expect(a.ended()).toBe('left');
      expect(b.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': b.agent.run });
    },
  );

  scenario('continues to leave if it is suspected while it drains', async (fleet) => {
    const c = fleet.collector('h9');
    const a = fleet.agent('h1/a', ['web/1'], { drainFor: seconds(20) });
    await fleet.advance(seconds(5));
    void a.agent.stop();
    await fleet.advance(seconds(1));
    a.process.line.down = true;
    while (fleet.phase('h1/a') !== 'leaving, silent') await fleet.advance(100);
    a.process.line.down = false;
    await fleet.advance(seconds(25));
    expect(a.ended()).toBe('left');
    expect(fleet.record('h1/a').kind).toBe('absent');
    expect(c.collector.state).toBe('watching');
  });

  for (const mishap of mishaps) {
    for (const k of Array.from({ length: 12 }, (_, n) => n + 1)) {
      scenario(`is removed in the end (${mishap}, request ${k})`, async (fleet) => {
        const a = fleet.agent('h1/a', ['web/1', 'web/2'], { drainFor: seconds(1) });
        await fleet.advance(seconds(1));
        const { run } = a.agent;
        const from = a.process.line.requests;
        a.process.line.fate = (n) => (n === from + k ? mishap : 'fine');
        void a.agent.stop();
        await fleet.advance(seconds(15));
        expect(a.ended()).toBe('left');
        expect(fleet.record('h1/a').kind).toBe('absent');
        expect(fleet.instances('h1/a')).toEqual({});
        await fleet.advance(fleet.lease.ttl);
        expect(fleet.leaseStands('h1/a', run)).toBe(false);
      });
    }
  }
});
