import { describe, expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

async function fleetOfThree(fleet: FleetInMemory) {
  const collectors = [fleet.collector('c1'), fleet.collector('c2')];
  const agents = [1, 2, 3].map((n) => fleet.agent(`h${n}/a`, [`web/${n}`, `db/${n}`]));
  await fleet.advance(seconds(10));
  return { agents, collectors, runs: agents.map(({ agent }) => agent.run) };
}

const cut = (fleet: FleetInMemory, down: boolean) => {
  for (const { line } of fleet.processes) line.down = down;
};

const stories = (fleet: FleetInMemory, runs: readonly string[]) =>
  runs.flatMap((run) => fleet.audit.story({ run, entity: 'run' }));

describe('a store that no process can reach', () => {
  for (const outage of [1, 3, 5, 6, 7, 10, 15, 16, 17, 30, 300]) {
    scenario(`ends no run by an outage of ${outage} s (G6)`, async (fleet) => {
      const { agents, runs } = await fleetOfThree(fleet);
      cut(fleet, true);
      await fleet.advance(seconds(outage));
      cut(fleet, false);
      await fleet.advance(seconds(60));
      expect(agents.map(({ agent }) => agent.run)).toEqual(runs);
      expect(agents.map(({ agent }) => agent.state)).toEqual(['serving', 'serving', 'serving']);
      expect(stories(fleet, runs)).not.toContain('expired');
      expect(stories(fleet, runs)).not.toContain('suspected');
      for (const n of [1, 2, 3]) {
        expect(fleet.phase(`h${n}/a`)).toBe('live');
        expect(Object.keys(fleet.instances(`h${n}/a`))).toEqual([`db/${n}`, `web/${n}`]);
      }
    });
  }

  scenario('ends no run by repeated outages', async (fleet) => {
    const { agents, runs } = await fleetOfThree(fleet);
    for (const outage of [4, 7, 2, 9, 5, 20, 1, 8]) {
      cut(fleet, true);
      await fleet.advance(seconds(outage));
      cut(fleet, false);
      await fleet.advance(seconds(3));
    }
    await fleet.advance(seconds(30));
    expect(agents.map(({ agent }) => agent.run)).toEqual(runs);
    expect(stories(fleet, runs)).not.toContain('expired');
  });

  scenario('makes each agent lapse before a collector may expire it', async (fleet) => {
    const { agents } = await fleetOfThree(fleet);
    cut(fleet, true);
    await fleet.advance(fleet.lease.ttl);
    expect(agents.map(({ agent }) => agent.state)).toEqual(['lapsed', 'lapsed', 'lapsed']);
    cut(fleet, false);
    await fleet.advance(seconds(2));
    for (const { transitions } of agents) {
      const story = transitions.map(({ event }) => event.type).slice(-2);
      expect(story).toEqual(['lapsed', 'regranted']);
    }
  });

  scenario('delays the collection of a run that died meanwhile', async (fleet) => {
    const { agents, runs } = await fleetOfThree(fleet);
    cut(fleet, true);
    await fleet.advance(seconds(30));
    const [dead] = agents;
    if (dead) await fleet.kill(dead.process);
    cut(fleet, false);
    await fleet.advance(fleet.lease.grace);
    expect(stories(fleet, runs)).not.toContain('expired');
    await fleet.advance(2 * fleet.lease.ttl + fleet.lease.grace);
    expect(fleet.record('h1/a').kind).toBe('absent');
    expect(fleet.phase('h2/a')).toBe('live');
  });

  scenario('leaves a directory unchanged, with its age', async (fleet) => {
    await fleetOfThree(fleet);
    const { directory } = fleet.directory();
    await fleet.advance(seconds(2));
    const before = directory.instances();
    cut(fleet, true);
    await fleet.advance(seconds(30));
    expect(directory.instances()).toEqual(before);
    expect(directory.age).toBeGreaterThanOrEqual(seconds(29));
    cut(fleet, false);
    await fleet.advance(seconds(10));
    expect(directory.age).toBeLessThanOrEqual(seconds(2));
    expect(directory.instances().map(({ state }) => state)).toEqual(Array(6).fill('live'));
  });
});

describe('a store that only the agents cannot reach', () => {
  scenario('ends no run by an outage shorter than ttl and grace', async (fleet) => {
    const { agents, runs } = await fleetOfThree(fleet);
    for (const { process } of agents) process.line.down = true;
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace - seconds(2));
    expect(fleet.phase('h1/a')).toBe('live, silent');
    for (const { process } of agents) process.line.down = false;
    await fleet.advance(seconds(3));
    expect(agents.map(({ agent }) => [agent.run, agent.state])).toEqual(
      runs.map((run) => [run, 'serving']),
    );
    expect(fleet.phase('h1/a')).toBe('live');
  });

  scenario(
    'makes them start new runs that register everything again after a longer outage (G3)',
    async (fleet) => {
      const { agents, runs } = await fleetOfThree(fleet);
      for (const { process } of agents) process.line.down = true;
      await fleet.advance(seconds(60));
      expect(fleet.record('h1/a').kind).toBe('absent');
      for (const { process } of agents) process.line.down = false;
      await fleet.advance(seconds(3));
      for (const [n, { agent }] of agents.entries()) {
        expect(agent.state).toBe('serving');
        expect(agent.run).not.toBe(runs[n]);
        expect(fleet.instances(`h${n + 1}/a`)).toEqual({
          [`db/${n + 1}`]: agent.run,
          [`web/${n + 1}`]: agent.run,
        });
      }
    },
  );
});

describe('an audit that lags behind', () => {
  scenario('delays no agent, and has every event once in the end (G8)', async (fleet) => {
    const delay = fleet.world.audit.holdBack();
    const { agents } = await fleetOfThree(fleet);
    await agents[0]?.agent.stop();
    if (agents[1]) await fleet.kill(agents[1].process);
    await fleet.advance(seconds(60));
    expect(fleet.record('h2/a').kind).toBe('absent');
    delay[Symbol.dispose]();
    await fleet.advance(seconds(20));
    expect(fleet.audit.events.length).toBeGreaterThan(20);
  });
});
