import { describe, expect } from 'vitest';
import { renewEvery } from '../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type FleetInMemory, specOf } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

async function frozen(fleet: FleetInMemory, whenExpired: 'start-over' | 'exit' = 'start-over') {
  const c = fleet.collector('c1');
  const a = fleet.agent('h1/a', ['web/1', 'web/2'], { whenExpired });
  await fleet.advance(seconds(5));
  const { run } = a.agent;
  a.process.freeze();
  return { a, run, c };
}

describe('an agent that is frozen until it is expired, and then thawed', () => {
  for (const collected of [false, true]) {
    const when = collected ? 'and collected' : 'but not yet collected';
    scenario(`starts over as a new run that registers everything (${when})`, async (fleet) => {
      const { a, run, c } = await frozen(fleet);
      c.process.line.fate = () => {
        if (!collected && fleet.phase('h1/a') === 'expired') c.process.vanish();
        return 'fine';
      };
      await fleet.advance(seconds(30));
      expect(fleet.phase('h1/a')).toBe(collected ? 'absent' : 'expired');
      a.process.thaw();
      await fleet.advance(seconds(2));
      expect(a.agent.run).not.toBe(run);
      expect(a.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run, 'web/2': a.agent.run });
      expect(fleet.leaseStands('h1/a', run)).toBe(false);
      expect(a.transitions.map(({ event }) => event.type)).toContain('ended');
    });
  }

  scenario('ends with an error if it is configured to exit', async (fleet) => {
    const { a } = await frozen(fleet, 'exit');
    await fleet.advance(seconds(60));
    a.process.thaw();
    await fleet.advance(seconds(2));
    expect(a.ended()).toMatchObject({ code: 'expired' });
    expect(fleet.record('h1/a').kind).toBe('absent');
  });

  scenario('stops if another agent has taken its slot', async (fleet) => {
    const { a, run } = await frozen(fleet);
    await until(fleet, () => fleet.audit.story({ run }).includes('expired'));
    const b = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    a.process.thaw();
    await fleet.advance(seconds(10));
    expect(a.ended()).toMatchObject({ code: 'superseded' });
    expect(b.agent.state).toBe('serving');
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': b.agent.run });
  });

  scenario(
    'writes nothing more under its old run, although a write was pending (G3)',
    async (fleet) => {
      fleet.collector('c1');
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(5));
      const { run } = a.agent;
      a.process.freeze();
      a.agent.replace(['web/1', 'web/2'].map(specOf));
      await fleet.advance(seconds(60));
      a.process.thaw();
      await fleet.advance(seconds(2));
      expect(fleet.audit.story({ run, name: 'web/2' })).toEqual([]);
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run, 'web/2': a.agent.run });
    },
  );
});

describe('an agent whose machine was suspended', () => {
  for (const counted of [true, false]) {
    const clock = counted ? 'counted the suspension' : 'did not advance';
    scenario(
      `detects with its next timer that its lease has lapsed, if its monotonic clock ${clock}`,
      async (fleet) => {
        const a = fleet.agent('h1/a', ['web/1']);
        await fleet.advance(seconds(5));
        a.process.freeze();
        await fleet.advance(seconds(30));
        if (!counted) a.process.clock.standStill(seconds(30));
        a.process.thaw();
        // A timer uses the stopped clock: the rest of its time is still to come.
        await fleet.advance(counted ? 0 : renewEvery(fleet.lease));
        const story = a.transitions.map(({ event }) => event.type);
        expect(story.slice(-2)).toEqual(['lapsed', 'regranted']);
        expect(a.agent.state).toBe('serving');
      },
    );
  }
});

describe('an agent whose wall clock is changed', () => {
  scenario(
    'takes its lease again and keeps its run, if the change is forward by more than its ttl',
    async (fleet) => {
      const c = fleet.collector('c1');
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(5));
      const { run } = a.agent;
      a.process.clock.setWall(seconds(3600));
      await fleet.advance(seconds(30));
      expect([a.agent.run, a.agent.state]).toEqual([run, 'serving']);
      expect(c.process.commits).toEqual([]);
    },
  );

  scenario('continues unchanged, if the change is backward', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    a.process.clock.setWall(seconds(-3600));
    await fleet.advance(seconds(30));
    expect(a.transitions.map(({ event }) => event.type)).not.toContain('lapsed');
    a.process.line.down = true;
    await fleet.advance(fleet.lease.ttl);
    expect(a.agent.state).toBe('lapsed');
  });
});
