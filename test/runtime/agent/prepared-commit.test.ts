import { describe, expect } from 'vitest';
import { instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Commit } from '../../../src/ports/registry.ts';
import { type FleetInMemory, slotAt, specOf } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `web/${n}`);
const keyOf = (name: string): string => instanceKey({ ...slotAt('h1/a'), ...specOf(name) });

/**
 * Starts an agent with more instances than a commit takes. The store answers each commit after a tenth of a second;
 * `meanwhile` is called while it has the first one, and has not answered it.
 */
function starting(fleet: FleetInMemory, count: number, meanwhile: () => void | Promise<void>) {
  const process = fleet.process('h1', { sees: true });
  const { registry, clock } = process.ports;
  const commits: Commit[] = [];
  const { commit } = registry;
  Object.assign(registry, {
    commit: async (request: Commit) => {
      commits.push(request);
      const isFirst = commits.length === 1;
      const outcome = await commit.call(registry, request);
      await clock.sleep(seconds(0.1));
      if (isFirst) await meanwhile();
      return outcome;
    },
  });
  const { agent } = fleet.agent('h1/a', names(count), { process });
  return { agent, process, commits };
}

const sizes = (commits: readonly Commit[]): number[] => commits.map(({ writes }) => writes.length);

describe('a commit that was prepared while the store had the one before it', () => {
  scenario('is sent with the revision that this one got', async (fleet) => {
    const { agent, commits } = starting(fleet, 700, () => {});
    await fleet.advance(seconds(1));
    expect(agent.state).toBe('serving');
    expect(sizes(commits)).toEqual([500, 202]);
    expect(Object.keys(fleet.instances('h1/a'))).toHaveLength(700);
  });

  scenario('was built before the answer', async (fleet) => {
    const answeredAt: number[] = [];
    const { process, commits } = starting(fleet, 700, () => {
      answeredAt.push(process.ports.clock.wall());
    });
    await fleet.advance(seconds(1));
    const [first] = commits[1]?.events ?? [];
    expect(JSON.parse(first?.text ?? '{}').at).toBeLessThan(answeredAt[0] ?? 0);
  });

  scenario('is dropped if other instances are desired since', async (fleet) => {
    const replace = () => agent.replace([specOf('web/0'), specOf('db/1')]);
    const { agent, commits } = starting(fleet, 700, replace);
    await fleet.advance(seconds(2));
    expect(agent.state).toBe('serving');
    expect(Object.keys(fleet.instances('h1/a')).sort()).toEqual(['db/1', 'web/0']);
    const registered = commits.slice(1).flatMap(({ writes }) => writes.filter(({ text }) => text));
    expect(registered.map(({ key }) => key)).not.toContain(keyOf('web/699'));
  });

  scenario('is refused if another program wrote one of its keys', async (fleet) => {
    const { agent, commits } = starting(fleet, 700, () => fleet.byHand(keyOf('web/699'), '{}'));
    await fleet.advance(seconds(5));
    expect(agent.state).toBe('serving');
    expect(sizes(commits)).toEqual([500, 202, 202]);
    expect(Object.keys(fleet.instances('h1/a'))).toHaveLength(700);
  });

  scenario('is refused if another run took the slot since', async (fleet) => {
    const { agent } = starting(fleet, 700, async () => {
      fleet.agent('h1/a', ['web/1'], { takeover: true });
      await fleet.clock.sleep(seconds(0.5));
    });
    agent.done.catch(() => {});
    await fleet.advance(seconds(5));
    expect(fleet.holder('h1/a')).not.toBe(agent.run);
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
  });
});
