import { describe, expect, test } from 'vitest';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { ManualCollection } from '../../../src/runtime/collector/manual-collection.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { verdictOn } from '../support/record-verdict.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;

/** A manual collection without a seat, and its reports. */
function visitor(fleet: FleetInMemory) {
  const process = fleet.process('desk');
  const { ports } = process;
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  const did: string[] = [];
  const reports: string[] = [];
  const visit = new ManualCollection(author, fleet.lease, ports, {
    onCommitted: (events) =>
      void did.push(...events.map(({ of, event }) => `${of.entity} ${event.type}`)),
    onSighted: () => void reports.push('sighted'),
    onBlinded: (why) => void reports.push(why),
  });
  const through = async (work: Promise<void>) => {
    let over = false;
    const done = work.finally(() => {
      over = true;
    });
    await until(fleet, () => over, minutes(10));
    await done;
  };
  return {
    ...{ process, did, reports },
    sweep: () => through(visit.sweep(never)),
    watch: (duration: number) => through(visit.watch(duration, never)),
  };
}

/** An agent whose run was expired by a collector that died before it removed a record. */
async function decided(): Promise<FleetInMemory> {
  const fleet = new FleetInMemory();
  const { process } = fleet.agent('h1/a', ['web/1', 'web/2']);
  const { process: collector } = fleet.collector('c1');
  await fleet.advance(seconds(5));
  await fleet.kill(process);
  collector.beforeCommit = async ({ writes }) => {
    if (writes.some(({ text }) => text === undefined)) await fleet.kill(collector);
  };
  await until(fleet, () => fleet.phase('h1/a') === 'expired', minutes(3));
  await fleet.advance(minutes(1));
  expect(fleet.phase('h1/a')).toBe('expired');
  return fleet;
}

describe('a single sweep without a seat', () => {
  test('removes the records of all dead runs, and their chains stay intact', async () => {
    const fleet = await decided();
    const { sweep, did } = visitor(fleet);
    await sweep();
    expect(fleet.phase('h1/a')).toBe('absent');
    expect(fleet.instances('h1/a')).toEqual({});
    expect(did.toSorted()).toEqual(['instance removed', 'instance removed', 'run removed']);
    expect(await verdictOn(fleet)).toMatchObject({ divergences: [] });
  });

  test('declares no run dead, however long its removals take', async () => {
    const fleet = await decided();
    const { process: other } = fleet.agent('h2/a', ['web/3']);
    await fleet.advance(seconds(5));
    await fleet.kill(other);
    const { sweep, did, process } = visitor(fleet);
    process.beforeCommit = () => process.clock.sleep(minutes(2));
    await sweep();
    expect(fleet.phase('h1/a')).toBe('absent');
    expect(did).not.toContain('run suspected');
    expect(fleet.phase('h2/a')).toBe('live');
  });

  test('declares no run dead, however long all runs have been silent', async () => {
    const fleet = new FleetInMemory();
    const { process } = fleet.agent('h1/a', ['web/1']);
    const { process: collector } = fleet.collector('c1');
    await fleet.advance(seconds(5));
    await fleet.kill(process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    await fleet.kill(collector);
    const { process: other } = fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(5));
    await fleet.kill(other);
    await fleet.advance(minutes(60));
    const { sweep, did } = visitor(fleet);
    await sweep();
    expect(did).toEqual([]);
    expect([fleet.phase('h1/a'), fleet.phase('h2/a')]).toEqual(['live, unreachable', 'live']);
  });

  test('keeps a leftover, which it has not watched', async () => {
    const fleet = new FleetInMemory();
    const { process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    await fleet.kill(process);
    fleet.byHand('agent.h1.a', undefined);
    await fleet.advance(minutes(60));
    const { sweep, did } = visitor(fleet);
    await sweep();
    expect(did).toEqual([]);
    expect(Object.keys(fleet.instances('h1/a'))).toEqual(['web/1']);
  });
});

describe('a manual collection that watches', () => {
  test('finds dead runs by its own clock, not before their grace ends, and removes them', async () => {
    const fleet = new FleetInMemory();
    const { process } = fleet.agent('h1/a', ['web/1']);
    fleet.agent('h2/a', ['web/2']);
    await fleet.advance(seconds(5));
    await fleet.kill(process);
    await fleet.advance(minutes(60));
    const short = visitor(fleet);
    await short.watch(fleet.lease.grace);
    expect(short.did).toEqual(['run suspected']);
    const long = visitor(fleet);
    await long.watch(fleet.lease.ttl + fleet.lease.grace + seconds(3));
    expect(fleet.phase('h1/a')).toBe('absent');
    expect(fleet.phase('h2/a')).toBe('live');
    expect(long.reports[0]).toBe('sighted');
  });

  test('removes a leftover after ttl and grace', async () => {
    const fleet = new FleetInMemory();
    const { process } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    await fleet.kill(process);
    fleet.byHand('agent.h1.a', undefined);
    await fleet.advance(minutes(1));
    const { watch } = visitor(fleet);
    await watch(fleet.lease.ttl + fleet.lease.grace + seconds(3));
    expect(fleet.instances('h1/a')).toEqual({});
  });

  test('is blind while it is disconnected: it declares no run dead, and its clocks start again', async () => {
    const fleet = new FleetInMemory();
    fleet.collector('c1');
    const { process: dead } = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    const one = visitor(fleet);
    const watching = one.watch(minutes(3));
    await fleet.advance(seconds(4));
    one.process.line.down = true;
    await fleet.kill(dead);
    await fleet.advance(seconds(4));
    one.process.line.down = false;
    await watching;
    expect(one.reports.filter((text) => text === 'sighted').length).toBeGreaterThan(1);
    expect(one.reports.some((text) => text.includes('not seen renewed'))).toBe(true);
  });

  test('only causes refused batches if a collector works at the same time', async () => {
    const fleet = new FleetInMemory();
    fleet.collector('c1');
    const dead = fleet.agent('h1/a', ['web/1', 'web/2']);
    fleet.agent('h2/a', ['web/3']);
    await fleet.advance(seconds(5));
    await fleet.kill(dead.process);
    const { watch } = visitor(fleet);
    await watch(fleet.lease.ttl + fleet.lease.grace + seconds(10));
    expect(fleet.phase('h1/a')).toBe('absent');
    expect(fleet.phase('h2/a')).toBe('live');
    expect(fleet.bugs).toEqual([]);
    expect(await verdictOn(fleet)).toMatchObject({ divergences: [] });
  });
});
