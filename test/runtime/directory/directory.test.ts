import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import type { DirectoryChange } from '../../../src/runtime/directory/row-changes.ts';
import { specOf } from '../support/fleet-in-memory.ts';
import { recordedFacts } from '../support/recorded-facts.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const changeText = ({ before, now }: DirectoryChange) => {
  const row = now ?? before;
  const stateText = (shown: typeof row) => shown && (shown.reason ?? shown.state);
  return `${row?.host} ${row?.service}/${row?.id}: ${stateText(before)} to ${stateText(now)}`;
};

describe('a directory', () => {
  scenario('is ready with all records and the collectors with seats', async (fleet) => {
    fleet.collector('c1');
    fleet.agent('h1/a', ['web/1', 'db/1']);
    fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(1));
    const { directory } = fleet.directory();
    await directory.ready;
    expect(directory.observed).toBe(true);
    expect(directory.instances('web').map(({ id, state }) => [id, state])).toEqual([
      ['1', 'live'],
      ['2', 'live'],
    ]);
    expect(directory.instances()).toHaveLength(3);
    expect(directory.agents().map(({ host, state }) => [host, state])).toEqual([
      ['h1', 'live'],
      ['h2', 'live'],
    ]);
  });

  scenario('reports each change once, and no heartbeats (G7)', async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(1));
    const allChanges: string[] = [];
    const { directory } = fleet.directory({
      onChange: (changes) => void allChanges.push(...changes.map(changeText)),
    });
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(300));
    expect(allChanges).toEqual(['h1 web/1: undefined to live']);
    a.agent.report(specOf('web/1'), { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(1));
    await fleet.kill(a.process);
    await fleet.advance(seconds(60));
    expect(allChanges.slice(1)).toEqual([
      'h1 web/1: live to failing',
      'h1 web/1: failing to unreachable',
      'h1 web/1: unreachable to undefined',
    ]);
    expect(directory.instances()).toEqual([]);
  });

  // Whether a consumer may use a dubious instance depends on its last health (domain/pick).
  scenario('reports the failing health of a dubious instance', async (fleet) => {
    const allChanges: DirectoryChange[] = [];
    fleet.directory({ onChange: (changes) => void allChanges.push(...changes) });
    const { agent } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    expect(allChanges.at(-1)?.now).toMatchObject({
      reason: 'unobserved',
      health: { state: 'serving' },
    });
    agent.report(specOf('web/1'), { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(1));
    expect(allChanges.at(-1)?.now).toMatchObject({
      reason: 'unobserved',
      health: { state: 'failing' },
    });
  });

  scenario(
    'reports the token of an instance that was registered again before the directory read it',
    async (fleet) => {
      fleet.collector('c1');
      await fleet.advance(seconds(1));
      const allChanges: DirectoryChange[] = [];
      const { process, directory } = fleet.directory({
        onChange: (changes) => void allChanges.push(...changes),
      });
      const { agent } = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      process.line.down = true;
      agent.replace([]);
      await fleet.advance(seconds(1));
      agent.replace([specOf('web/1')]);
      await fleet.advance(seconds(1));
      process.line.down = false;
      await fleet.advance(seconds(3));
      const [row] = directory.instances('web');
      expect(allChanges.at(-1)?.now?.token).toBe(row?.token);
    },
  );

  scenario('says once that it cannot read the seats, and how old its answer is', async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(1));
    const process = fleet.process('consumer');
    let isRefused = false;
    const leases: typeof process.ports.leases = {
      ...process.ports.leases,
      list: async (filter) => {
        if (isRefused) throw new Fault('store-refused', 'this connection may not list');
        return process.ports.leases.list(filter);
      },
    };
    const directory = new Directory({ ...process.ports, leases }, { seatsEvery: seconds(5) });
    await directory.ready;
    isRefused = true;
    await fleet.advance(seconds(60));
    expect(directory.observed).toBe(true);
    expect(directory.observedAge).toBeGreaterThanOrEqual(seconds(59));
    const said = process.logged.filter(({ event }) => event === 'seats-not-read');
    expect(said.filter(({ fields }) => 'age' in fields)).toHaveLength(1);
    isRefused = false;
    await fleet.advance(seconds(6));
    expect(directory.observedAge).toBeLessThan(seconds(6));
  });

  scenario('reports which of two registrations of one instance counts (G11)', async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(1));
    const allChanges: string[] = [];
    const { directory } = fleet.directory({
      onChange: (changes) => void allChanges.push(...changes.map(changeText)),
    });
    const old = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const young = fleet.agent('h2/a', ['web/1']);
    await fleet.advance(seconds(1));
    expect([...allChanges].sort()).toEqual([
      'h1 web/1: live to contested',
      'h1 web/1: undefined to live',
      'h2 web/1: undefined to live',
    ]);
    const states = () =>
      Object.fromEntries(directory.instances().map(({ host, reason }) => [host, reason]));
    await fleet.kill(young.process);
    await until(fleet, () => states()['h2'] === 'unreachable');
    expect(states()).toEqual({ h1: 'contested', h2: 'unreachable' });
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace);
    expect(states()).toEqual({ h1: null });
    expect(allChanges.at(-1)).toBe('h2 web/1: contested to undefined');
    expect(allChanges).toContain('h1 web/1: contested to live');
    expect(old.agent.state).toBe('serving');
  });

  scenario(
    'reports a registration that counts because the latest one is removed',
    async (fleet) => {
      fleet.collector('c1');
      fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const young = fleet.agent('h2/a', ['web/1']);
      await fleet.advance(seconds(1));
      const allChanges: string[] = [];
      const { directory } = fleet.directory({
        onChange: (changes) => void allChanges.push(...changes.map(changeText)),
      });
      await directory.ready;
      young.agent.replace([]);
      await fleet.advance(seconds(1));
      expect(allChanges).toContain('h1 web/1: contested to live');
    },
  );

  scenario('hands out tokens that grow with every registration (G11)', async (fleet) => {
    const { directory } = fleet.directory();
    const tokens: number[] = [];
    for (const place of ['h1/a', 'h2/a', 'h1/a', 'h3/a']) {
      const a = fleet.agent(place, ['web/1']);
      await fleet.advance(seconds(1));
      const [row] = directory.instances().filter(({ reason }) => reason !== 'contested');
      tokens.push(row?.token ?? 0);
      a.agent.report(specOf('web/1'), { state: 'failing', detail: 'refused' });
      await fleet.advance(seconds(1));
      const rows = directory.instances().filter(({ reason }) => reason !== 'contested');
      expect(rows.map(({ token }) => token)).toEqual([tokens.at(-1)]);
      if (place !== 'h2/a') await a.agent.stop();
    }
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(new Set(tokens).size).toBe(4);
  });

  scenario(
    'reports at its next check of the seats that no collector watches (G9)',
    async (fleet) => {
      const c = fleet.collector('c1');
      fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(1));
      const allChanges: string[] = [];
      const { directory } = fleet.directory({
        seatsEvery: seconds(3),
        onChange: (changes) => void allChanges.push(...changes.map(changeText)),
      });
      await fleet.advance(seconds(1));
      await fleet.kill(c.process);
      await fleet.advance(fleet.lease.ttl + seconds(3));
      expect(directory.observed).toBe(false);
      expect(allChanges).toEqual(['h1 web/1: undefined to live', 'h1 web/1: live to unobserved']);
      fleet.collector('c2');
      await fleet.advance(seconds(4));
      expect(allChanges.at(-1)).toBe('h1 web/1: unobserved to live');
    },
  );

  scenario('keeps its view during an outage, and catches up afterwards', async (fleet) => {
    const a = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(1));
    const allChanges: string[] = [];
    const { directory, process } = fleet.directory({
      onChange: (changes) => void allChanges.push(...changes.map(changeText)),
    });
    await fleet.advance(seconds(1));
    process.line.down = true;
    a.agent.replace(['web/2', 'web/3'].map(specOf));
    await fleet.advance(seconds(30));
    expect(directory.instances().map(({ id }) => id)).toEqual(['1', '2']);
    expect(directory.age).toBeGreaterThan(seconds(28));
    process.line.down = false;
    await fleet.advance(seconds(2));
    expect(directory.instances().map(({ id }) => id)).toEqual(['2', '3']);
    expect(directory.age).toBeLessThanOrEqual(seconds(1));
  });

  scenario('reports each answer of the store, and nothing during an outage', async (fleet) => {
    const process = fleet.process('consumer');
    const { metrics, facts } = recordedFacts();
    const options = { seatsEvery: seconds(15) };
    const directory = new Directory({ ...process.ports, metrics }, options);
    await fleet.advance(seconds(10));
    const heard = facts.length;
    expect(heard).toBeGreaterThan(5);
    process.line.down = true;
    await fleet.advance(seconds(30));
    expect(facts.length - heard).toBeLessThanOrEqual(1);
    const disposing = directory[Symbol.asyncDispose]();
    await fleet.advance(seconds(1));
    await disposing;
    expect(new Set(facts.slice(0, -1).map(String))).toEqual(new Set(['viewHeard,directory']));
    expect(facts.at(-1)).toEqual(['viewClosed', 'directory']);
  });

  scenario('sends no more requests after it is disposed', async (fleet) => {
    fleet.agent('h1/a', ['web/1']);
    const { directory, process } = fleet.directory();
    await fleet.advance(seconds(1));
    const disposing = directory[Symbol.asyncDispose]();
    await fleet.advance(seconds(1));
    await disposing;
    const before = process.line.requests;
    await fleet.advance(seconds(60));
    expect(process.line.requests).toBe(before);
  });
});
