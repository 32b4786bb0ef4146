import { describe, expect } from 'vitest';
import { renewEvery } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import type { AgentProcess, FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const doubted = (fleet: FleetInMemory, place: string) => (): boolean =>
  fleet.phase(place).includes('unreachable') || fleet.phase(place).includes('silent');

/** Collectors, and this many agents, one of which has just renewed its lease. */
async function watched(fleet: FleetInMemory, count: number, collectors = 1) {
  for (let n = 1; n <= collectors; n += 1) fleet.collector(`c${n}`);
  const agents = Array.from({ length: count }, (_, n) => fleet.agent(`h${n}/a`, [`web/${n}`]));
  await fleet.advance(seconds(7));
  return agents;
}

const killAll = async (fleet: FleetInMemory, some: Awaited<ReturnType<typeof watched>>) => {
  for (const { process } of some) await fleet.kill(process);
};
/** The server closes a connection, and its process cannot reconnect for a while. */
function breakLink({ process }: AgentProcess): void {
  process.line.down = true;
  process.connection.drop('Slow Consumer (Write Deadline)');
}

const suspicions = (fleet: FleetInMemory) =>
  fleet.audit.events.filter(({ event }) => event.type === 'suspected');

describe('a process that dies, if the server reports that its connection closed', () => {
  for (const collectors of [1, 3]) {
    scenario(
      `is dubious immediately with ${collectors} collectors, and is suspected once`,
      async (fleet) => {
        const [a] = await watched(fleet, 2, collectors);
        if (a) await fleet.kill(a.process);
        const took = await until(fleet, doubted(fleet, 'h0/a'), seconds(1));
        expect(took).toBeLessThanOrEqual(50);
        await fleet.advance(seconds(2));
        expect(suspicions(fleet)).toMatchObject([
          { event: { reason: 'unreachable' }, evidence: { connection: 'closed-by-client' } },
        ]);
      },
    );
  }

  scenario('is dubious after the usual time if the server reports nothing', async (fleet) => {
    fleet.world.advisories.granted = false;
    const [a] = await watched(fleet, 2);
    if (a) await fleet.kill(a.process);
    const took = await until(fleet, doubted(fleet, 'h0/a'), fleet.lease.ttl);
    expect(took).toBeGreaterThan(500);
    expect(suspicions(fleet)).toMatchObject([{ evidence: { connection: 'open' } }]);
  });

  scenario(
    'is live if its agent is started again, whichever collector looked first',
    async (fleet) => {
      const [a] = await watched(fleet, 2);
      if (a) await fleet.kill(a.process);
      const again = fleet.agent('h0/a', ['web/0']);
      await until(fleet, () => again.agent.state === 'serving');
      await fleet.advance(fleet.lease.ttl);
      expect(fleet.phase('h0/a')).toBe('live');
    },
  );
});

describe('a connection that breaks', () => {
  /** The connection of a process is down for this long; the server notices immediately. */
  async function broken(fleet: FleetInMemory, lasts: Millis): Promise<void> {
    const [a] = await watched(fleet, 2);
    if (!a) return;
    breakLink(a);
    await fleet.advance(lasts);
    a.process.line.down = false;
    await fleet.advance(renewEvery(fleet.lease));
  }

  scenario('and is restored within a second causes no suspicion', async (fleet) => {
    await broken(fleet, 700);
    expect(suspicions(fleet)).toEqual([]);
    expect(fleet.phase('h0/a')).toBe('live');
  });

  scenario('and is restored later causes a suspicion, which the run refutes', async (fleet) => {
    await broken(fleet, 1500);
    expect(suspicions(fleet)).toMatchObject([{ evidence: { connection: 'closed' } }]);
    await until(fleet, () => fleet.phase('h0/a') === 'live', fleet.lease.ttl);
    expect(fleet.audit.story({ entity: 'run' })).toContain('regranted');
  });
});

describe('a death in a small zone, shortly after others', () => {
  /** How long it takes until the next death of this zone of five is seen. */
  async function nextDeath(fleet: FleetInMemory, agents: Awaited<ReturnType<typeof watched>>) {
    const last = agents[4];
    if (last) await fleet.kill(last.process);
    return until(fleet, doubted(fleet, 'h4/a'), fleet.lease.ttl);
  }

  scenario('is seen immediately if the other agents were started again', async (fleet) => {
    const agents = await watched(fleet, 5);
    for (const [n, { process }] of agents.slice(0, 2).entries()) {
      await fleet.kill(process);
      await fleet.advance(50);
      const again = fleet.agent(`h${n}/a`, [`web/${n}`], { sees: true });
      await until(fleet, () => again.agent.state === 'serving', seconds(0.9));
    }
    expect(await nextDeath(fleet, agents)).toBeLessThanOrEqual(50);
  });

  scenario('is seen immediately if another connection broke again and again', async (fleet) => {
    const agents = await watched(fleet, 5);
    for (let n = 0; n < 3; n += 1) {
      agents[0]?.process.connection.drop('Slow Consumer (Write Deadline)');
      agents[0]?.process.connection.become('answering');
      await fleet.advance(100);
    }
    expect(await nextDeath(fleet, agents)).toBeLessThanOrEqual(50);
  });

  scenario('is found by its silence if it is the one that engages the brake', async (fleet) => {
    const agents = await watched(fleet, 5);
    await killAll(fleet, agents.slice(0, 2));
    await fleet.advance(100);
    expect(suspicions(fleet)).toHaveLength(2);
    const took = await nextDeath(fleet, agents);
    expect(took).toBeGreaterThan(1000);
    expect(took).toBeLessThanOrEqual(fleet.lease.ttl / 3 + 1500);
    await until(fleet, () => fleet.audit.story({ entity: 'brake' }).length > 0, seconds(5));
  });
});

describe('connections that close together', () => {
  scenario('are no evidence about any of them: only silence counts', async (fleet) => {
    const agents = await watched(fleet, 20);
    const some = agents.slice(0, 10);
    for (const one of some) breakLink(one);
    // A second probe would be due by now.
    await fleet.advance(seconds(1.5));
    expect(suspicions(fleet)).toEqual([]);
    for (const { process } of some) process.line.down = false;
    await fleet.advance(renewEvery(fleet.lease));
    expect(suspicions(fleet)).toEqual([]);
  });

  scenario('make their runs dubious when their silence is long enough', async (fleet) => {
    const agents = await watched(fleet, 20);
    await killAll(fleet, agents.slice(0, 10));
    await fleet.advance(fleet.lease.ttl + seconds(0.5));
    expect(new Set(suspicions(fleet).map(({ of }) => of.run)).size).toBe(10);
  });

  scenario(
    'are each checked immediately if they are below the fraction of the brake',
    async (fleet) => {
      const agents = await watched(fleet, 20);
      await killAll(fleet, agents.slice(0, 5));
      await fleet.advance(100);
      expect(suspicions(fleet)).toHaveLength(5);
    },
  );
});
