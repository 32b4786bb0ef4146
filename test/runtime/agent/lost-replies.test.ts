import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import { type AgentProcess, type FleetInMemory, specOf } from '../support/fleet-in-memory.ts';
import { type Fate, mishaps } from '../support/link-faults.ts';
import type { Process } from '../support/process.ts';
import { scenario } from '../support/scenario.ts';

/** A life of an agent with all kinds of writes; it ends with `web/2`, `web/3` and `db/1`. */
async function live(fleet: FleetInMemory, fate: (n: number) => Fate): Promise<AgentProcess> {
  const predecessor = fleet.agent('h1/a', ['web/1', 'web/2', 'old/1'], { sees: true });
  await fleet.advance(seconds(1));
  await fleet.kill(predecessor.process);
  const process = fleet.process('h1', { sees: true });
  process.line.fate = fate;
  const a = fleet.agent('h1/a', ['web/1', 'web/2'], { process });
  await fleet.advance(seconds(1));
  a.agent.replace(['web/2', 'web/3'].map(specOf));
  await fleet.advance(seconds(1));
  a.agent.report(specOf('web/2'), { state: 'failing', detail: 'refused' });
  a.agent.replace(['web/1', 'web/2', 'web/3', 'db/1'].map(specOf));
  await fleet.advance(seconds(1));
  a.agent.report(specOf('web/2'), { state: 'serving' });
  a.agent.replace([{ ...specOf('web/2'), port: 8080 }, ...['web/3', 'db/1'].map(specOf)]);
  await fleet.advance(seconds(40));
  return a;
}

function expectServing(fleet: FleetInMemory, { agent }: AgentProcess): void {
  const { run } = agent;
  expect(agent.state).toBe('serving');
  expect(fleet.holder('h1/a')).toBe(run);
  expect(fleet.phase('h1/a')).toBe('live');
  expect(fleet.instances('h1/a')).toEqual({ 'db/1': run, 'web/2': run, 'web/3': run });
  const web = fleet.instance('h1/a', 'web/2');
  expect(web.kind === 'stored' && [web.record.state, web.record.port]).toEqual(['serving', 8080]);
}

/** Indices of the requests to lose: those of a life without faults, and more. */
const requests = 54;

describe('an agent’s life in which one request goes wrong', () => {
  scenario('has no more requests than the tests below try', async (fleet) => {
    const a = await live(fleet, () => 'fine');
    expectServing(fleet, a);
    expect(a.process.line.requests).toBeLessThanOrEqual(requests);
    expect(a.process.line.requests).toBeGreaterThan(requests - 8);
  });

  for (const mishap of mishaps) {
    for (const k of Array.from({ length: requests }, (_, n) => n + 1)) {
      scenario(
        `ends with all its instances registered (${mishap}, request ${k})`,
        async (fleet) => {
          expectServing(fleet, await live(fleet, (n) => (n === k ? mishap : 'fine')));
        },
      );
    }
  }
});

describe('an agent’s life in which several requests go wrong', () => {
  for (const mishap of mishaps) {
    for (const many of [2, 3, 5]) {
      for (const k of Array.from({ length: requests / 2 }, (_, n) => 2 * n + 1)) {
        const name = `comes to serve all it runs (${many} in a row ${mishap}, from request ${k})`;
        scenario(name, async (fleet) => {
          const a = await live(fleet, (n) => (n >= k && n < k + many ? mishap : 'fine'));
          expectServing(fleet, a);
        });
      }
    }
    scenario(`ends with all its instances registered (every third ${mishap})`, async (fleet) => {
      const a = await live(fleet, (n) => (n % 3 === 0 && n < 60 ? mishap : 'fine'));
      // Each of its attempts fails until then, and the pauses between them grow.
      await fleet.advance(seconds(20));
      expectServing(fleet, a);
    });
  }
});

describe('a run that does not know whether it took its slot', () => {
  /** The write that takes the slot is stored or not, and its author gets no answer. */
  function loseClaim({ ports: { registry, clock } }: Process, stored: boolean, after = 0) {
    const { commit } = registry;
    Object.assign(registry, {
      commit: async (...args: Parameters<typeof commit>) => {
        Object.assign(registry, { commit });
        if (stored) await commit(...args);
        await clock.sleep(after);
        return { outcome: 'unknown', why: 'no answer' };
      },
    });
  }

  scenario('is not used again if it did not: a new run takes the slot (G3)', async (fleet) => {
    const process = fleet.process('h1');
    loseClaim(process, false);
    const a = fleet.agent('h1/a', ['web/1'], { process });
    const { run } = a.agent;
    await fleet.advance(seconds(5));
    expect(a.agent.run).not.toBe(run);
    expect(a.agent.state).toBe('serving');
    expect(fleet.audit.story({ run, entity: 'run' })).toEqual([]);
  });

  scenario('rewrites its record once and continues if it did', async (fleet) => {
    const process = fleet.process('h1');
    loseClaim(process, true);
    const a = fleet.agent('h1/a', ['web/1'], { process });
    const { run } = a.agent;
    await fleet.advance(seconds(5));
    expect([a.agent.run, a.agent.state]).toEqual([run, 'serving']);
    expect(fleet.audit.story({ run, entity: 'run' })).toEqual([
      'started',
      'announced',
      'confirmed',
    ]);
  });

  scenario(
    'does not take the slot again if it lost it to a run that has already ended (G3)',
    async (fleet) => {
      const process = fleet.process('h1');
      loseClaim(process, true, seconds(5));
      const a = fleet.agent('h1/a', ['web/1'], { process });
      const { run } = a.agent;
      await fleet.advance(seconds(1));
      expect(fleet.holder('h1/a')).toBe(run);
      const b = fleet.agent('h1/a', ['web/1'], { takeover: true });
      await fleet.advance(seconds(1));
      await b.agent.stop();
      await fleet.advance(seconds(10));
      expect(a.agent.run).not.toBe(run);
      expect(a.agent.state).toBe('serving');
      expect(fleet.instances('h1/a')).toEqual({ 'web/1': a.agent.run });
    },
  );
});

describe('a run whose lease lapsed while it took its slot', () => {
  scenario('is followed immediately by another run of its process', async (fleet) => {
    const process = fleet.process('h1');
    const { leases, registry, clock } = process.ports;
    const { renew } = leases;
    const { commit } = registry;
    Object.assign(leases, {
      renew: async () => {
        throw new Fault('store-unavailable', 'no answer');
      },
    });
    Object.assign(registry, {
      commit: async (...args: Parameters<typeof commit>) => {
        Object.assign(registry, { commit });
        const outcome = await commit(...args);
        await clock.sleep(fleet.lease.ttl + seconds(1));
        Object.assign(leases, { renew });
        return outcome;
      },
    });
    const a = fleet.agent('h1/a', ['web/1'], { process });
    const { run } = a.agent;
    await fleet.advance(fleet.lease.ttl + seconds(0.9));
    expect([a.agent.state, fleet.holder('h1/a')]).toEqual(['fenced', run]);
    await fleet.advance(seconds(0.2));
    expect(a.agent.state).toBe('serving');
    expect(fleet.holder('h1/a')).toBe(a.agent.run);
    expect(a.agent.run).not.toBe(run);
  });
});

describe('a store that never answers a write', () => {
  scenario('does not make an agent loop without pause or use a run id twice', async (fleet) => {
    const process = fleet.process('h1');
    Object.assign(process.ports.registry, {
      commit: async () => ({ outcome: 'unknown', why: 'lost' }),
    });
    const a = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(seconds(20));
    expect(process.line.requests).toBeLessThan(1000);
    expect(fleet.record('h1/a').kind).toBe('absent');
    void a.agent.stop();
    await fleet.advance(seconds(20));
    expect(a.ended()).toBe('left');
  });
});
