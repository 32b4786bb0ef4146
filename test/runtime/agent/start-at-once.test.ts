import { describe, expect } from 'vitest';
import { hashEvent } from '../../../src/domain/events/hash-chain.ts';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Commit } from '../../../src/ports/registry.ts';
import { type FleetInMemory, slotAt, specOf } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const named = (count: number): string[] => Array.from({ length: count }, (_, n) => `web/${n}`);

/** Starts an agent and records its commits. `before`: called with the number of each, before it is stored. */
async function started(
  fleet: FleetInMemory,
  names: readonly string[],
  before: (commit: number) => void = () => {},
) {
  const process = fleet.process('h1', { sees: true });
  const { registry } = process.ports;
  const commits: Commit[] = [];
  const { commit } = registry;
  Object.assign(registry, {
    commit: async (request: Commit) => {
      commits.push(request);
      before(commits.length);
      return commit.call(registry, request);
    },
  });
  const { agent } = fleet.agent('h1/a', [...names], { process });
  await fleet.advance(seconds(1));
  expect(agent.state).toBe('serving');
  expect(Object.keys(fleet.instances('h1/a'))).toHaveLength(names.length);
  return { commits, agent, process };
}

const messagesOf = ({ writes, events }: Commit): number => writes.length + events.length;

describe('an agent that starts in a free slot', () => {
  for (const [instances, commits] of [
    [0, 1],
    [1, 1],
    [498, 1],
    [499, 2],
    [998, 2],
    [999, 3],
  ] as const) {
    scenario(`takes ${commits} commits for ${instances} instances`, async (fleet) => {
      const all = (await started(fleet, named(instances))).commits;
      expect(all).toHaveLength(commits);
      // The record and two events of the run, and two messages for each instance; a second commit
      // announces the run with a record of its own.
      const messages = all.reduce((sum, one) => sum + messagesOf(one), 0);
      expect(messages).toBe(2 * instances + (commits === 1 ? 3 : 4));
    });
  }

  scenario('costs the store one commit of 5 messages and 3600 bytes', async (fleet) => {
    const [only, ...others] = (await started(fleet, ['web/1'])).commits;
    expect(others).toEqual([]);
    if (!only) throw new Error('no commit');
    expect(messagesOf(only)).toBe(5);
    const texts = [...only.writes, ...only.events].map(({ text = '' }) => text);
    expect(Buffer.byteLength(texts.join(''))).toBeLessThan(3600);
  });

  scenario('names its start as the cause of its registrations', async (fleet) => {
    const [only] = (await started(fleet, named(3))).commits;
    const texts = only?.events.map(({ text }) => text) ?? [];
    const events = texts.map((text) => JSON.parse(text));
    expect(events.map(({ event }) => event.type)).toEqual([
      'started',
      'announced',
      ...Array.from({ length: 3 }, () => 'registered'),
    ]);
    const start = hashEvent(texts[0] ?? '');
    expect(events.slice(2).map(({ cause }) => cause)).toEqual([start, start, start]);
  });

  scenario('adopts the instances of an expired run with the same commit', async (fleet) => {
    const first = await started(fleet, named(3));
    await fleet.kill(first.process);
    const collector = fleet.collector('c1');
    // It dies between the write that ends the run and the removal of the instances.
    collector.process.beforeCommit = async () => {
      if (fleet.phase('h1/a') === 'expired') await fleet.kill(collector.process);
    };
    await fleet.advance(seconds(60));
    expect(fleet.phase('h1/a')).toBe('expired');
    const { commits, agent } = await started(fleet, named(2));
    expect(agent.run).not.toBe(first.agent.run);
    expect(commits).toHaveLength(1);
    expect(fleet.audit.story({ run: first.agent.run, entity: 'instance' })).toContain('adopted');
  });

  scenario('takes it alone after a commit with instances was refused', async (fleet) => {
    const key = instanceKey({ ...slotAt('h1/a'), ...specOf('web/1') });
    const { commits } = await started(fleet, named(3), (n) => {
      // A record that no rule explains: another tool writes where the agent is about to register.
      if (n === 1) fleet.byHand(key, '{}');
    });
    expect(commits.map(({ writes }) => writes.length)).toEqual([4, 1, 4]);
  });
});

describe('an agent that starts in the slot of a dead run that has not expired', () => {
  scenario('adopts its instances with the commit that takes the slot', async (fleet) => {
    const first = await started(fleet, named(3));
    await fleet.kill(first.process);
    const { commits, agent } = await started(fleet, named(2));
    expect(commits.map(({ writes }) => writes.length)).toEqual([4]);
    expect(fleet.holder('h1/a')).toBe(agent.run);
    expect(fleet.audit.story({ run: first.agent.run, entity: 'run' })).toContain('superseded');
    expect(fleet.audit.story({ run: first.agent.run, entity: 'instance' })).toContain('adopted');
  });

  scenario('lists the instances again: the run before may have registered one', async (fleet) => {
    const first = await started(fleet, named(1));
    await fleet.kill(first.process);
    const there = fleet.instance('h1/a', 'web/0');
    if (there.kind !== 'stored') throw new Error('no instance');
    const key = instanceKey({ ...slotAt('h1/a'), ...specOf('web/late') });
    const { commits, agent } = await started(fleet, named(1), (n) => {
      if (n === 1) fleet.byHand(key, JSON.stringify({ ...there.record, id: 'late' }));
    });
    expect(commits.map(({ writes }) => writes.length)).toEqual([2, 1]);
    expect(fleet.instances('h1/a')).toEqual({ 'web/0': agent.run });
  });

  scenario('takes the slot alone after the first attempt was refused', async (fleet) => {
    const first = await started(fleet, named(1));
    await fleet.kill(first.process);
    const key = instanceKey({ ...slotAt('h1/a'), ...specOf('web/1') });
    const { commits } = await started(fleet, named(2), (n) => {
      if (n === 1) fleet.byHand(key, '{}');
    });
    expect(commits.map(({ writes }) => writes.length)).toEqual([3, 1, 3]);
  });
});
