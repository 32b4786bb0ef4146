import { describe, expect } from 'vitest';
import type { InstanceSpec } from '../../../../src/domain/records/desired-instances.ts';
import { type Millis, seconds } from '../../../../src/domain/time.ts';
import { type AgentProcess, type FleetInMemory, specOf } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';

const serving = { state: 'serving' } as const;

const withLabels = (name: string, labels: InstanceSpec['labels']): InstanceSpec => ({
  ...specOf(name),
  labels,
});

/** What can be read of this label never equals what is desired: JSON leaves it out. No caller with types can pass it. */
const unstorable = (name: string): InstanceSpec =>
  withLabels(name, { gone: undefined } as unknown as InstanceSpec['labels']);

/** The times at which records of this instance are written. */
function writesOf(fleet: FleetInMemory, { process }: AgentProcess, name: string): Millis[] {
  const { registry } = process.ports;
  const commit = registry.commit.bind(registry);
  const times: Millis[] = [];
  registry.commit = (request, wait) => {
    const writes = request.writes.filter(({ key }) => key.endsWith(`.${name.replace('/', '.')}`));
    for (const _ of writes) times.push(fleet.clock.monotonic());
    if (times.length > 300) throw new Error(`${name} is written again and again`);
    return commit(request, wait);
  };
  return times;
}

const named = ({ process }: AgentProcess) =>
  process.logged.filter(({ event }) => event === 'instance-written-again');

/** Changes an instance as soon as the change before is stored. */
async function changeUntil({ agent }: AgentProcess, name: string, end: AbortSignal): Promise<void> {
  for (let n = 0; !end.aborted; n += 1) {
    agent.put(withLabels(name, { n: `${n}` }), serving);
    await agent.whenSettled(specOf(name), end);
  }
}

describe('an instance that is written without end', () => {
  scenario(
    'because its record never equals what is desired, is written ever less often and named',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1', 'web/2']);
      await fleet.advance(seconds(1));
      const times = writesOf(fleet, a, 'web/1');
      a.agent.put(unstorable('web/1'), serving);
      await fleet.advance(seconds(60));
      expect(times.length).toBeLessThan(10);
      await fleet.advance(seconds(240));
      expect(times.length).toBeLessThan(18);
      expect(Math.max(...times.map((at, n) => at - (times[n - 1] ?? at)))).toBeGreaterThan(
        seconds(29),
      );
      expect(named(a)[0]?.fields).toMatchObject({ key: expect.stringContaining('web.1') });
      expect(named(a).length).toBeLessThan(8);
      expect(a.agent.state).toBe('serving');
    },
  );

  scenario('delays no other instance, and no change of its own', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(1));
    writesOf(fleet, a, 'web/1');
    a.agent.put(unstorable('web/1'), serving);
    await fleet.advance(seconds(60));
    a.agent.put(withLabels('web/2', { a: 'b' }), serving);
    a.agent.put(withLabels('web/1', { a: 'b' }), { state: 'failing', detail: 'disk full' });
    await fleet.advance(200);
    for (const name of ['web/1', 'web/2'])
      expect(fleet.instance('h1/a', name)).toMatchObject({ record: { labels: { a: 'b' } } });
  });

  scenario(
    'because its application changes it without end, is written every 4 s, and the last change counts',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1', 'web/2']);
      await fleet.advance(seconds(1));
      const times = writesOf(fleet, a, 'web/1');
      const calm = new AbortController();
      const changing = changeUntil(a, 'web/1', calm.signal);
      await fleet.advance(seconds(30));
      const before = times.length;
      expect(before).toBeLessThan(40);
      await fleet.advance(seconds(40));
      expect(times.length - before).toBeLessThan(12);
      expect(times.length - before).toBeGreaterThan(8);
      expect(named(a).length).toBeGreaterThan(0);
      calm.abort();
      await changing;
      a.agent.report(specOf('web/1'), { state: 'failing', detail: 'disk full' });
      await fleet.advance(seconds(4.5));
      expect(fleet.instance('h1/a', 'web/1')).toMatchObject({ record: { state: 'failing' } });
    },
  );
});

describe('an application', () => {
  scenario(
    'that changes an instance ten times in a second waits for none of them',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      for (let round = 0; round < 6; round += 1) {
        for (let n = 0; n < 10; n += 1) {
          a.agent.put(withLabels('web/1', { n: `${n}` }), serving);
          await fleet.advance(100);
          expect(fleet.instance('h1/a', 'web/1')).toMatchObject({
            record: { labels: { n: `${n}` } },
          });
        }
        await fleet.advance(seconds(10));
      }
      expect(named(a)).toEqual([]);
    },
  );

  scenario(
    'that changes an instance once a second for minutes waits for none of them',
    async (fleet) => {
      const a = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      for (let n = 0; n < 200; n += 1) {
        const failing = { state: 'failing', detail: `${n}` } as const;
        a.agent.report(specOf('web/1'), n % 2 === 0 ? failing : serving);
        await fleet.advance(seconds(1));
        const state = n % 2 === 0 ? 'failing' : 'serving';
        expect(fleet.instance('h1/a', 'web/1')).toMatchObject({ record: { state } });
      }
      expect(named(a)).toEqual([]);
    },
  );
});
