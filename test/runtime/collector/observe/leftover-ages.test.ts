import { describe, expect } from 'vitest';
import { Fault } from '../../../../src/domain/fault.ts';
import { RunId } from '../../../../src/domain/identity/names.ts';
import { agentKey, leaseKey } from '../../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../../src/domain/time.ts';
import {
  type CollectorProcess,
  type FleetInMemory,
  slotAt,
} from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

const due = ({ lease }: FleetInMemory) => lease.ttl + lease.grace;

/** An agent that takes its slot alone, without its instances, and then never reads the instances in it. */
async function stuckAgent(fleet: FleetInMemory, place: string, settled = () => fleet.advance(0)) {
  const process = fleet.process('h1', { sees: true });
  const { registry } = process.ports;
  const { commit, list } = registry;
  let hasSlot = false;
  Object.assign(registry, {
    commit: async (...args: Parameters<typeof commit>) => {
      if (args[0].writes.length > 1) return { outcome: 'conflict' };
      hasSlot = true;
      return commit.apply(registry, args);
    },
    list: async (...args: Parameters<typeof list>) => {
      if (hasSlot) throw new Fault('store-unavailable', 'no answer');
      return list.apply(registry, args);
    },
  });
  const stuck = fleet.agent(place, ['web/1'], { process });
  await settled();
  return stuck;
}

/** A slot with a live run, and with instances of the run that it superseded. */
async function superseded(fleet: FleetInMemory) {
  const c = fleet.collector('c1');
  const old = fleet.agent('h1/a', ['web/1', 'web/2'], { sees: true });
  await fleet.advance(seconds(5));
  await fleet.kill(old.process);
  const stuck = await stuckAgent(fleet, 'h1/a');
  expect(fleet.phase('h1/a')).toBe('registering');
  return { old, stuck, c };
}

describe('instances of a run that was superseded', () => {
  scenario('are removed after a ttl and a grace, and not before', async (fleet) => {
    const { old, stuck } = await superseded(fleet);
    await fleet.advance(due(fleet) - 10);
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1', 'web/2']);
    await fleet.advance(seconds(0.3));
    expect(fleet.instances('h1/a')).toEqual({});
    expect(fleet.audit.story({ run: old.agent.run, name: 'web/1' })).toEqual([
      'registered',
      'removed',
    ]);
    const [, removal] = fleet.audit.events.filter(
      ({ of }) => of.entity === 'instance' && of.id === '1',
    );
    expect(removal?.event['why']).toBe('superseded');
    expect(fleet.holder('h1/a')).toBe(stuck.agent.run);
  });

  scenario('are kept once they are adopted', async (fleet) => {
    const { stuck } = await superseded(fleet);
    await fleet.advance(due(fleet) - seconds(1));
    await fleet.kill(stuck.process);
    const healthy = fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.advance(seconds(60));
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': healthy.agent.run });
    expect(healthy.agent.state).toBe('serving');
  });

  scenario('are kept while their own run has a lease', async (fleet) => {
    const { old } = await superseded(fleet);
    const of = { ...slotAt('h1/a'), run: RunId.parse(old.agent.run) };
    fleet.world.leases.append(leaseKey(of), '{}', seconds(100));
    await fleet.advance(seconds(99));
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1', 'web/2']);
    await fleet.advance(seconds(3));
    expect(fleet.instances('h1/a')).toEqual({});
  });

  scenario('count their time from zero for a collector that was blind (G6)', async (fleet) => {
    const { c } = await superseded(fleet);
    await fleet.advance(due(fleet) - seconds(2));
    c.process.freeze();
    await fleet.advance(seconds(4));
    c.process.thaw();
    await fleet.advance(due(fleet) - seconds(1));
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1', 'web/2']);
    await fleet.advance(seconds(8));
    expect(fleet.instances('h1/a')).toEqual({});
  });

  scenario('are removed with the slot when the run that took it dies', async (fleet) => {
    const { stuck } = await superseded(fleet);
    await fleet.kill(stuck.process);
    await fleet.advance(due(fleet) + seconds(3));
    expect(fleet.record('h1/a').kind).toBe('absent');
    expect(fleet.instances('h1/a')).toEqual({});
  });
});

/** Another run takes the slot right before the next removal of the collector. */
function takeSlotBeforeRemoval(fleet: FleetInMemory, { process }: CollectorProcess, nth = 1) {
  const { registry } = process.ports;
  const { commit } = registry;
  let removals = 0;
  Object.assign(registry, {
    commit: async (...args: Parameters<typeof commit>) => {
      if (args[0].writes.some(({ text }) => text === undefined)) removals += 1;
      if (removals === nth) {
        Object.assign(registry, { commit });
        await stuckAgent(fleet, 'h1/a', () => fleet.clock.settle());
      }
      return commit(...args);
    },
  });
}

describe('a run that takes the slot', () => {
  scenario('between two batches of a removal keeps the remaining instances', async (fleet) => {
    const c = fleet.collector('c1');
    const old = fleet.agent(
      'h1/a',
      Array.from({ length: 1000 }, (_, n) => `web/${n}`),
    );
    await fleet.advance(seconds(5));
    await fleet.kill(old.process);
    takeSlotBeforeRemoval(fleet, c, 2);
    await fleet.advance(due(fleet));
    expect(fleet.phase('h1/a')).toBe('registering');
    expect(Object.keys(fleet.instances('h1/a'))).toHaveLength(550);
  });

  scenario('right before leftovers are removed is read first', async (fleet) => {
    const { stuck, c } = await superseded(fleet);
    await fleet.advance(due(fleet) - seconds(1));
    await fleet.kill(stuck.process);
    takeSlotBeforeRemoval(fleet, c);
    await fleet.advance(seconds(3));
    expect(fleet.holder('h1/a')).not.toBe(stuck.agent.run);
    const outcomes = c.process.commits.map(({ outcome }) => outcome);
    expect(outcomes).toContain('conflict');
  });

  scenario('whose record was unreadable gives leftovers their whole time', async (fleet) => {
    fleet.collector('c1');
    const old = fleet.agent('h1/a', ['web/1'], { sees: true });
    await fleet.advance(seconds(5));
    await fleet.kill(old.process);
    fleet.byHand(agentKey(slotAt('h1/a')), 'what?');
    await fleet.advance(3 * due(fleet));
    await stuckAgent(fleet, 'h1/a');
    await fleet.advance(due(fleet) - seconds(1));
    expect(fleet.phase('h1/a')).toBe('registering');
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
    await fleet.advance(seconds(2));
    expect(fleet.instances('h1/a')).toEqual({});
  });
});

scenario('a rewritten leftover counts its time from zero', async (fleet) => {
  await superseded(fleet);
  const web = fleet.instance('h1/a', 'web/1');
  if (web.kind !== 'stored') throw new Error('no web/1');
  await fleet.advance(due(fleet) - seconds(1));
  fleet.byHand(web.key, JSON.stringify(web.record));
  await fleet.advance(due(fleet) - seconds(1));
  expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
  await fleet.advance(seconds(2));
  expect(fleet.instances('h1/a')).toEqual({});
});

describe('instances whose slot has no record', () => {
  async function orphaned(fleet: FleetInMemory) {
    fleet.collector('c1');
    const old = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    await fleet.kill(old.process);
    await fleet.advance(fleet.lease.ttl);
    fleet.byHand(agentKey(slotAt('h1/a')), undefined);
    await fleet.advance(0);
    return old;
  }

  scenario('are removed after a ttl and a grace, and not before', async (fleet) => {
    const old = await orphaned(fleet);
    await fleet.advance(due(fleet) - 10);
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
    await fleet.advance(seconds(0.3));
    expect(fleet.instances('h1/a')).toEqual({});
    const story = fleet.audit.story({ run: old.agent.run, name: 'web/1' });
    expect(story).toEqual(['registered', 'removed']);
  });

  scenario('are kept when a run takes the slot in time', async (fleet) => {
    await orphaned(fleet);
    await fleet.advance(due(fleet) - seconds(1));
    const healthy = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(60));
    expect(fleet.instances('h1/a')).toEqual({ 'web/1': healthy.agent.run });
  });

  scenario('are kept while their run has a lease', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    const { read } = a.process.ports.registry;
    Object.assign(a.process.ports.registry, { read: () => new Promise(() => {}) });
    fleet.byHand(agentKey(slotAt('h1/a')), undefined);
    await fleet.advance(seconds(120));
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
    Object.assign(a.process.ports.registry, { read });
  });

  scenario('are removed also if they need more than one batch', async (fleet) => {
    fleet.collector('c1');
    const names = Array.from({ length: 1000 }, (_, n) => `web/${n}`);
    const old = fleet.agent('h1/a', names);
    await fleet.advance(seconds(5));
    await fleet.kill(old.process);
    fleet.byHand(agentKey(slotAt('h1/a')), undefined);
    await fleet.advance(due(fleet) + seconds(8));
    expect(fleet.instances('h1/a')).toEqual({});
  });
});

scenario('instances of a slot that cannot be read are no leftovers', async (fleet) => {
  fleet.collector('c1');
  const old = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(5));
  await fleet.kill(old.process);
  fleet.byHand(agentKey(slotAt('h1/a')), 'what?');
  await fleet.advance(seconds(300));
  expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
});
