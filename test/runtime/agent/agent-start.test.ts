import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import { agentKey, leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

describe('an agent that starts', () => {
  scenario('takes its slot, registers what it runs, and serves', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1', 'db/1']);
    await fleet.clock.settle();
    await a.agent.ready;
    expect(a.agent.state).toBe('serving');
    expect(fleet.phase('h1/a')).toBe('live');
    expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(true);
    expect(fleet.instances('h1/a')).toEqual({ 'db/1': a.agent.run, 'web/1': a.agent.run });
    expect(fleet.audit.story({ run: a.agent.run, entity: 'run' })).toEqual([
      'started',
      'announced',
    ]);
  });

  scenario('listens and holds its lease before it takes its slot', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.clock.settle();
    const story = a.transitions.map(({ event, to }) => `${event.type}: ${to}`);
    expect(story).toEqual([
      'opened: connecting',
      'leased: claiming',
      'claimed: reconciling',
      'reconciled: serving',
    ]);
    expect(fleet.audit.story({ run: a.agent.run, entity: 'session' })).toEqual([
      'opened',
      'leased',
      'claimed',
      'reconciled',
    ]);
  });

  scenario('keeps the revision of the write that took the slot as its term', async (fleet) => {
    const names = Array.from({ length: 600 }, (_, n) => `web/${n}`);
    const a = fleet.agent('h1/a', names);
    await fleet.clock.settle();
    const { term } = a.agent;
    expect(term).toBeGreaterThan(fleet.world.clock.wall());
    a.agent.replace([]);
    await fleet.advance(seconds(20));
    const read = fleet.record('h1/a');
    expect(read.kind === 'stored' && read.record.term).toBe(term);
    expect(a.agent.term).toBe(term);
  });

  scenario('does not serve on a lease that had expired when it was acknowledged', async (fleet) => {
    const process = fleet.process('h1');
    const { ttl } = fleet.lease;
    const { leases, clock } = process.ports;
    const { create } = leases;
    let isFirst = true;
    Object.assign(leases, {
      create: async (...args: Parameters<typeof create>) => {
        const created = await create(...args);
        if (isFirst) await clock.sleep(ttl);
        isFirst = false;
        return created;
      },
    });
    const a = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(3 * ttl);
    expect(a.agent.state).toBe('serving');
    expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(true);
  });

  scenario('only renews its lease after it serves', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const before = fleet.world.registry.lastSeq;
    await fleet.advance(seconds(600));
    expect(fleet.world.registry.lastSeq).toBe(before);
    expect(a.agent.state).toBe('serving');
    expect(a.transitions).toHaveLength(4);
  });

  scenario('waits for a store that is not available yet', async (fleet) => {
    const process = fleet.process('h1');
    process.line.down = true;
    const a = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(seconds(60));
    expect(a.agent.state).toBe('connecting');
    process.line.down = false;
    await fleet.advance(seconds(2));
    expect(a.agent.state).toBe('serving');
  });

  scenario('is refused if another agent holds its name, and changes nothing', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const revision = fleet.record('h1/a').revision;
    const second = fleet.agent('h1/a', ['web/2']);
    await fleet.advance(seconds(1));
    expect(second.ended()).toMatchObject({ code: 'slot-held' });
    await expect(second.agent.ready).rejects.toThrow(Fault);
    expect(fleet.leaseStands('h1/a', second.agent.run)).toBe(false);
    await fleet.advance(seconds(60));
    expect(first.agent.state).toBe('serving');
    expect(fleet.record('h1/a').revision).toBe(revision);
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': first.agent.run });
  });

  for (const [machine, where, advice] of [
    [{ boot: 'another' }, 'on another machine', 'this machine its own --host'],
    [{ namespace: 'another' }, 'in another container', 'this container its own --host'],
    [{}, 'holds the slot and answers (serving)', 'another --name'],
  ] as const) {
    scenario(`that is refused learns that the holder is ${where}`, async (fleet) => {
      fleet.agent('h1/a', []);
      await fleet.advance(seconds(1));
      const copy = fleet.agent('h1/a', [], { machine });
      await fleet.advance(seconds(1));
      expect(copy.ended()).toMatchObject({
        message: expect.stringContaining(where),
        hint: expect.stringContaining(advice),
      });
    });
  }

  scenario('takes the slot of a killed process of its machine at once', async (fleet) => {
    const old = fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.advance(seconds(1));
    await fleet.kill(old.process);
    const next = fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.clock.settle();
    expect(next.agent.state).toBe('serving');
    expect(fleet.leaseStands('h1/a', old.agent.run)).toBe(true);
  });

  scenario(
    'waits while the lease of the other is renewed, although the other does not answer',
    async (fleet) => {
      const old = fleet.agent('h1/a');
      await fleet.advance(seconds(1));
      const of = { ...slotAt('h1/a'), run: RunId.parse(old.agent.run) };
      await fleet.kill(old.process);
      const next = fleet.agent('h1/a');
      for (let n = 0; n < 12; n += 1) {
        fleet.world.leases.append(leaseKey(of), 'renewed', fleet.lease.ttl);
        await fleet.advance(seconds(1));
      }
      expect(fleet.holder('h1/a')).toBe(of.run);
      await fleet.advance(2 * fleet.lease.ttl);
      expect(fleet.holder('h1/a')).toBe(next.agent.run);
    },
  );

  scenario('with --takeover supersedes the other, which stops with an error', async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(1));
    const second = fleet.agent('h1/a', ['web/2', 'web/3'], { takeover: true });
    await fleet.advance(seconds(1));
    expect(first.ended()).toMatchObject({ code: 'superseded' });
    expect(second.agent.state).toBe('serving');
    expect(fleet.holder('h1/a')).toBe(second.agent.run);
    expect(fleet.instances('h1/a')).toEqual({
      'web/2': second.agent.run,
      'web/3': second.agent.run,
    });
    expect(fleet.leaseStands('h1/a', first.agent.run)).toBe(false);
    expect(fleet.audit.story({ run: first.agent.run, entity: 'run' }).at(-1)).toBe('superseded');
  });

  scenario('shares nothing with an agent of another name on its host (G10)', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1'], { sees: true });
    const b = fleet.agent('h1/b', ['web/2'], { sees: true });
    fleet.collector('h2');
    await fleet.advance(seconds(1));
    const untouched = [fleet.record('h1/b'), fleet.instance('h1/b', 'web/2')];
    await fleet.kill(a.process);
    fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.advance(seconds(60));
    expect([fleet.record('h1/b'), fleet.instance('h1/b', 'web/2')]).toEqual(untouched);
    expect(b.agent.state).toBe('serving');
    expect(b.ended()).toBeUndefined();
  });

  scenario('takes a slot that it cannot read if the slot has no other lease', async (fleet) => {
    fleet.byHand(agentKey(slotAt('h1/a')), '{"v":99}');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    expect(a.agent.state).toBe('serving');
    expect(fleet.holder('h1/a')).toBe(a.agent.run);
  });

  scenario(
    'is refused a slot that it cannot read while the slot has another lease',
    async (fleet) => {
      const frozen = fleet.agent('h1/a');
      await fleet.advance(seconds(1));
      frozen.process.freeze();
      fleet.byHand(agentKey(slotAt('h1/a')), '{"v":99}');
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      expect(a.ended()).toMatchObject({ code: 'slot-held' });
    },
  );

  test('is refused before it does anything if its name is not valid in a subject', () => {
    const fleet = new FleetInMemory();
    const long = '\u{1F600}'.repeat(256);
    expect(() => fleet.agent(`${long}/${long}`, [`${long}/${long}`])).toThrow(Fault);
    expect(fleet.world.leases.lastSeq).toBe(0);
  });
});

describe('an agent that is stopped while it starts', () => {
  for (const stopAfter of Array.from({ length: 14 }, (_, n) => n + 1)) {
    scenario(`leaves nothing behind when it is stopped at request ${stopAfter}`, async (fleet) => {
      const process = fleet.process('h1');
      const a = fleet.agent('h1/a', ['web/1'], { process });
      const { fate } = process.line;
      process.line.fate = (n) => {
        if (n === stopAfter) void a.agent.stop();
        return fate(n);
      };
      await fleet.advance(seconds(30));
      if (process.line.requests < stopAfter) await a.agent.stop();
      expect(a.ended()).toBe('left');
      expect(fleet.record('h1/a').kind).toBe('absent');
      expect(fleet.instances('h1/a')).toEqual({});
      expect(fleet.leaseStands('h1/a', a.agent.run)).toBe(false);
    });
  }
});
