import { describe, expect } from 'vitest';
import { SeatRecord } from '../../../src/domain/records/schemas.ts';
import { seconds } from '../../../src/domain/time.ts';
import { setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { type CollectorProcess, type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { mishaps } from '../support/link-faults.ts';
import { scenario } from '../support/scenario.ts';
import { oneDead, requests } from './support/one-dead-run.ts';

const seatedOf = (...all: readonly CollectorProcess[]) =>
  all.filter(({ collector }) => collector.state !== 'sleeping' && collector.state !== 'stopped');

const bound = ({ lease }: FleetInMemory) => 2 * lease.ttl + 2 * lease.grace + seconds(10);

describe('a group of collectors', () => {
  scenario(
    'has three seats, the others sleep, and a free seat is taken within two ttls',
    async (fleet) => {
      const all = ['c1', 'c2', 'c3', 'c4', 'c5'].map((host) => fleet.collector(host));
      await fleet.advance(seconds(10));
      const [first] = seatedOf(...all);
      if (!first) throw new Error('no collector has a seat');
      expect(seatedOf(...all)).toHaveLength(3);
      await fleet.kill(first.process);
      await fleet.advance(2 * fleet.lease.ttl);
      const rest = all.filter((one) => one !== first);
      expect(seatedOf(...rest)).toHaveLength(3);
    },
  );

  scenario('loses a seat immediately when its collector is stopped', async (fleet) => {
    const first = fleet.collector('c1');
    await fleet.advance(seconds(3));
    const second = fleet.collector('c2');
    await fleet.advance(seconds(3));
    await first.collector.stop();
    await fleet.advance(fleet.lease.ttl / 2 + 1);
    expect(first.collector.state).toBe('stopped');
    expect(seatedOf(second)).toHaveLength(1);
  });

  scenario('has sleepers that receive no heartbeats', async (fleet) => {
    for (const host of ['c1', 'c2', 'c3']) fleet.collector(host);
    await fleet.advance(seconds(1));
    const sleeper = fleet.collector('c4');
    for (let n = 0; n < 20; n += 1) fleet.agent(`h${n}/a`, ['web/1']);
    await fleet.advance(seconds(5));
    const before = sleeper.process.line.requests;
    await fleet.advance(seconds(60));
    expect(sleeper.process.line.requests - before).toBeLessThan(61);
  });
});

describe('agents with a background collector', () => {
  const offered = (fleet: FleetInMemory, count: number) =>
    Array.from({ length: count }, (_, n) =>
      fleet.agent(`h${n}/a`, [`web/${n}`], { collect: true }),
    );
  const seats = (fleet: FleetInMemory): readonly string[] =>
    fleet.world.leases
      .after(0, (subject) => subject.startsWith('seat.'))
      .flatMap(({ text }) => (text === undefined ? [] : [SeatRecord.parse(JSON.parse(text)).host]))
      .sort();

  scenario('need no other collector: those with a seat collect dead runs', async (fleet) => {
    const all = offered(fleet, 12);
    await fleet.advance(seconds(10));
    expect(seats(fleet)).toHaveLength(3);
    const [seated] = seats(fleet);
    for (const one of all.slice(0, 2)) await fleet.kill(one.process);
    // One with a seat ends too: another takes its seat.
    const watcher = all.find(({ agent }) => agent.slot.host === seated);
    if (watcher) await fleet.kill(watcher.process);
    await fleet.advance(3 * fleet.lease.ttl + fleet.lease.grace + seconds(60));
    const live = all.filter((_, n) => fleet.phase(`h${n}/a`) === 'live');
    expect(live).toHaveLength(watcher && all.indexOf(watcher) > 1 ? 9 : 10);
    expect(all.filter((_, n) => fleet.phase(`h${n}/a`) === 'absent')).toHaveLength(
      12 - live.length,
    );
    expect(seats(fleet)).toHaveLength(3);
  });

  scenario('without a seat receive no heartbeats', async (fleet) => {
    const all = offered(fleet, 20);
    await fleet.advance(seconds(10));
    const sleepers = all.filter(({ agent }) => !seats(fleet).includes(agent.slot.host));
    expect(sleepers).toHaveLength(17);
    for (const { process } of sleepers) expect(process.heartbeats).toBe(0);
  });

  scenario('give their seat back when they leave', async (fleet) => {
    const [one] = offered(fleet, 1);
    await fleet.advance(seconds(5));
    expect(seats(fleet)).toEqual(['h0']);
    await Promise.all([one?.agent.stop(), fleet.advance(seconds(5))]);
    expect(seats(fleet)).toEqual([]);
  });
});

describe('the policy', () => {
  scenario('sets the number of seats', async (fleet) => {
    const all = ['c1', 'c2', 'c3', 'c4'].map((host) => fleet.collector(host));
    await fleet.advance(seconds(5));
    expect(seatedOf(...all)).toHaveLength(3);
    const { ports } = fleet.process('desk');
    const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
    const change = (seats: number) =>
      setPolicy(author, (now) => ({ ...now, seats }), ports, new AbortController().signal);
    await change(1);
    await fleet.advance(seconds(2));
    expect(seatedOf(...all)).toHaveLength(1);
    await change(4);
    await fleet.advance(2 * fleet.lease.ttl);
    expect(seatedOf(...all)).toHaveLength(4);
  });
});

scenario(
  'a collector finishes with a dead run before it has made all these requests',
  async (fleet) => {
    await oneDead(fleet);
    const { process } = fleet.collector('c1');
    while (fleet.record('h1/a').kind === 'stored') await fleet.advance(100);
    expect(process.line.requests).toBeLessThan(requests - 10);
    expect(process.line.requests).toBeGreaterThan(requests / 2);
  },
);

describe('a collector that is killed', () => {
  for (const k of Array.from({ length: requests }, (_, n) => n + 1)) {
    scenario(`at its request ${k} leaves the rest to another collector`, async (fleet) => {
      const { alive } = await oneDead(fleet);
      const process = fleet.process('c1');
      fleet.collector('c1', process);
      await fleet.advance(seconds(1));
      const second = fleet.collector('c2');
      const from = process.line.requests;
      process.line.fate = (n) => {
        if (n === from + k) void fleet.kill(process);
        return 'fine';
      };
      await fleet.advance(bound(fleet));
      expect(fleet.record('h1/a').kind).toBe('absent');
      expect(fleet.instances('h1/a')).toEqual({});
      expect(alive.agent.state).toBe('serving');
      expect(fleet.instances('h2/a')).toEqual({ 'web/3': alive.agent.run });
      if (process.gate.dead) expect(seatedOf(second)).toHaveLength(1);
    });
  }
});

describe('a collector that loses a request', () => {
  for (const mishap of mishaps) {
    for (const k of Array.from({ length: requests / 2 }, (_, n) => 2 * n + 1)) {
      scenario(`finishes the collection (${mishap}, request ${k})`, async (fleet) => {
        const { alive } = await oneDead(fleet);
        const process = fleet.process('c1');
        fleet.collector('c1', process);
        process.line.fate = (n) => (n === k || n === k + 1 ? mishap : 'fine');
        await fleet.advance(bound(fleet));
        expect(fleet.record('h1/a').kind).toBe('absent');
        expect(fleet.instances('h1/a')).toEqual({});
        expect(alive.agent.state).toBe('serving');
        expect(fleet.instances('h2/a')).toEqual({ 'web/3': alive.agent.run });
      });
    }
  }
});
