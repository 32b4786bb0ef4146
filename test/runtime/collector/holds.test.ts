import { describe, expect } from 'vitest';
import { planRemovals } from '../../../src/domain/collection/gc-plan.ts';
import { AgentName, HostId } from '../../../src/domain/identity/names.ts';
import { type Millis, minutes, seconds } from '../../../src/domain/time.ts';
import { endHoldEarly, planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import type { Process } from '../support/process.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;

/** An operator. */
function person(fleet: FleetInMemory) {
  const { ports } = fleet.process('desk');
  const actor = { ...slotAt('desk/person'), run: ports.entropy.runId() };
  const author = { actor, ports };
  const at = (place: string) => {
    const [host, agent] = place.split('/');
    return {
      host: HostId.parse(host),
      ...(agent !== undefined && { agent: AgentName.parse(agent) }),
    };
  };
  return {
    hold: (place: string, lasts: Millis, why?: string) =>
      planHold(
        author,
        { ...at(place), until: ports.clock.wall() + lasts, ...(why !== undefined && { why }) },
        ports,
        never,
      ),
    release: (place: string) => endHoldEarly(author, at(place), ports, never),
  };
}

async function given(fleet: FleetInMemory): Promise<{ a: Process; b: Process }> {
  fleet.collector('c1');
  const { process: a } = fleet.agent('h1/a', ['web/1']);
  const { process: b } = fleet.agent('h1/b', ['web/2']);
  await fleet.advance(seconds(5));
  return { a, b };
}

const longDead = ({ lease }: FleetInMemory): Millis => lease.ttl + lease.grace + seconds(5);

describe('a hold that is active', () => {
  scenario('makes silence planned, and nothing expires', async (fleet) => {
    const { a } = await given(fleet);
    const { directory } = fleet.directory();
    await person(fleet).hold('h1', minutes(10), 'new kernel');
    await fleet.kill(a);
    await fleet.advance(minutes(5));
    expect(fleet.phase('h1/a')).toBe('live, unreachable');
    expect(directory.instances('web')).toMatchObject([
      { id: '1', state: 'dubious', reason: 'planned' },
      { id: '2', state: 'live', reason: null },
    ]);
    expect(directory.agents()).toMatchObject([
      { agent: 'a', state: 'suspect', reason: 'planned' },
      { agent: 'b', state: 'live', reason: null },
    ]);
  });

  scenario('on one agent does not stop the expiry of the others of its host', async (fleet) => {
    const { a, b } = await given(fleet);
    await person(fleet).hold('h1/a', minutes(10));
    await fleet.kill(a);
    await fleet.kill(b);
    await fleet.advance(longDead(fleet));
    expect(fleet.phase('h1/a')).toBe('live, unreachable');
    expect(fleet.phase('h1/b')).toBe('absent');
  });

  scenario('is respected by another collector, because it is in the registry', async (fleet) => {
    const { a } = await given(fleet);
    await person(fleet).hold('h1', minutes(10));
    await fleet.kill(a);
    const first = fleet.processes[0];
    if (first) await fleet.kill(first);
    fleet.collector('c2');
    await fleet.advance(minutes(3));
    expect(fleet.phase('h1/a')).toMatch(/^live, /);
  });

  scenario('lets an agent that comes back be live again immediately', async (fleet) => {
    const { a } = await given(fleet);
    await person(fleet).hold('h1', minutes(10));
    await fleet.kill(a);
    await fleet.advance(minutes(1));
    fleet.agent('h1/a', ['web/1']);
    await until(fleet, () => fleet.phase('h1/a') === 'live');
  });
});

describe('when a hold ends', () => {
  for (const [how, end] of [
    ['by itself', (fleet: FleetInMemory) => fleet.advance(seconds(90))],
    ['by a release', (fleet: FleetInMemory) => person(fleet).release('h1')],
  ] as const) {
    scenario(`${how}, silence counts from zero`, async (fleet) => {
      const { a } = await given(fleet);
      await person(fleet).hold('h1', seconds(90));
      await fleet.kill(a);
      await fleet.advance(seconds(60));
      await end(fleet);
      const from = fleet.clock.monotonic();
      await until(fleet, () => fleet.phase('h1/a') === 'absent', minutes(3));
      const took = fleet.clock.monotonic() - from;
      const { ttl, grace } = fleet.lease;
      // Its time ended up to 60 s before this check.
      if (how === 'by itself') expect(took).toBeLessThan(ttl + grace);
      else expect(took).toBeGreaterThanOrEqual(ttl + grace);
      expect(took).toBeLessThan(ttl + grace + seconds(2));
    });
  }

  scenario('its collector records the end and the reason, and the chain ends', async (fleet) => {
    await given(fleet);
    await person(fleet).hold('h1', seconds(30), 'new disk');
    await fleet.advance(seconds(31));
    const types = fleet.audit.story({ entity: 'hold' });
    expect(types).toEqual(['planned', 'ran-out']);
  });
});

describe('after a hold', () => {
  for (const opened of ['before', 'after'] as const)
    scenario(
      `a view that was opened ${opened} its end forecasts when the silent run expires`,
      async (fleet) => {
        const { a } = await given(fleet);
        const desk = person(fleet);
        const early = fleet.directory();
        await fleet.kill(a);
        await until(fleet, () => fleet.phase('h1/a') !== 'live', fleet.lease.ttl + seconds(5));
        await desk.hold('h1', minutes(10));
        await fleet.advance(minutes(1));
        await desk.release('h1');
        await fleet.advance(seconds(1));
        const { directory } = opened === 'before' ? early : fleet.directory();
        await fleet.advance(seconds(1));
        const around = { now: fleet.clock.wall(), seats: 1, orphans: fleet.lease };
        const none = { leases: new Set<string>(), answering: new Set<string>() };
        const [row] = planRemovals(directory.fleet, { ...around, ...none }).rows;
        expect(row).toMatchObject({ next: 'expire', heldBy: { by: 'grace' } });
        await until(fleet, () => fleet.phase('h1/a') === 'absent', longDead(fleet));
        expect(Math.abs(fleet.clock.wall() - (row?.at ?? 0))).toBeLessThan(seconds(3));
      },
    );
});

describe('a hold', () => {
  scenario('can be extended, and planned again later', async (fleet) => {
    await given(fleet);
    const { hold: plan, release: end } = person(fleet);
    expect(await plan('h1', seconds(30))).toBe('planned');
    expect(await plan('h1', minutes(5))).toBe('extended');
    await fleet.advance(minutes(1));
    expect(await end('h1')).toBe('released');
    expect(await end('h1')).toBe('absent');
    expect(await plan('h1', seconds(30))).toBe('planned');
    await fleet.advance(seconds(31));
    const all = ['planned', 'extended', 'released', 'planned', 'ran-out'];
    expect(fleet.audit.story({ entity: 'hold' })).toEqual(all);
  });

  scenario('keeps the run if it is planned between the read and the write', async (fleet) => {
    const { a } = await given(fleet);
    await fleet.kill(a);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    // The collector has read that there is no hold, and is about to write the expiry.
    const [collector] = fleet.processes;
    const plan = person(fleet);
    let planned = false;
    if (!collector) throw new Error('no collector');
    collector.beforeCommit = async (commit) => {
      if (planned || !commit.fences?.some(({ key }) => key.startsWith('hold.'))) return;
      planned = true;
      await plan.hold('h1/a', minutes(10));
    };
    await fleet.advance(longDead(fleet) + minutes(1));
    expect(planned).toBe(true);
    expect(fleet.phase('h1/a')).toBe('live, unreachable');
  });
});
