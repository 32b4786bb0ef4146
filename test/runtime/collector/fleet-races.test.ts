import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { HostId, ZoneName } from '../../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import {
  endHoldEarly,
  planHold,
  setPolicy,
} from '../../../src/runtime/operator/operator-actions.ts';
import { instanceRecord, runId } from '../../domain/support/sample-records.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const rack = (name: string) => ({ zone: ZoneName.parse(name) });
const never = new AbortController().signal;
function desk(fleet: FleetInMemory, process = fleet.process('desk')) {
  const { ports } = process;
  return {
    author: { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports },
    ports,
    process,
  };
}
const expiries = (fleet: FleetInMemory) =>
  fleet.audit.events.filter(({ of, event }) => of.entity === 'run' && event.type === 'expired');

describe('brake', () => {
  scenario('three seats together keep to the pace although probes take a second', async (fleet) => {
    for (let n = 1; n <= 3; n += 1) {
      const { process } = fleet.collector(`c${n}`);
      process.line.delay = () => 20 * n;
      await fleet.advance(30);
    }
    const agents = Array.from({ length: 20 }, (_, n) => fleet.agent(`r1-${n}/a`, [], rack('r1')));
    await fleet.advance(seconds(8));
    const { author, ports } = desk(fleet);
    await Promise.all([
      setPolicy(author, (now) => ({ ...now, brake: { ...now.brake, release: 0 } }), ports, never),
      fleet.advance(100),
    ]);
    for (const { process } of agents.slice(0, 12)) process.freeze();
    await fleet.advance(minutes(2));
    const times = expiries(fleet)
      .map(({ at }) => at)
      .sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(seconds(9));
  });
  scenario('a collector with a lagging view respects the brake', async (fleet) => {
    const agents = Array.from({ length: 20 }, (_, n) => fleet.agent(`r1-${n}/a`, [], rack('r1')));
    fleet.collector('c1');
    const c2 = fleet.collector('c2');
    await fleet.advance(seconds(8));
    for (const { process } of agents.slice(0, 5)) await fleet.kill(process);
    await fleet.advance(seconds(3));
    c2.process.view.close();
    for (const { process } of agents.slice(5, 12)) await fleet.kill(process);
    await fleet.advance(seconds(60));
    c2.process.view.open();
    await fleet.advance(seconds(10));
    const times = expiries(fleet)
      .map(({ at }) => at)
      .sort((a, b) => a - b);
    const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(seconds(9));
  });
  scenario('a brake that trips while a run is being examined keeps the run', async (fleet) => {
    const c1 = fleet.collector('c1');
    fleet.collector('c2');
    const agents = Array.from({ length: 40 }, (_, n) => fleet.agent(`r1-${n}/a`, [], rack('r1')));
    await fleet.advance(seconds(8));
    for (const { process } of agents.slice(0, 11)) await fleet.kill(process);
    const suspected = () =>
      fleet.audit.events.filter(({ event }) => event.type === 'suspected').length;
    await until(fleet, () => suspected() === 11);
    await fleet.advance(fleet.lease.grace - 300);
    c1.process.line.delay = () => 150;
    await fleet.advance(900);
    const { author, ports } = desk(fleet);
    await setPolicy(
      author,
      (now) => ({ ...now, brake: { ...now.brake, fraction: 0.1, release: 0 } }),
      ports,
      never,
    );
    await fleet.advance(seconds(20));
    const times = expiries(fleet).map(({ at }) => at);
    const tripped = fleet.audit.events.find(({ of }) => of.entity === 'brake')?.at ?? 0;
    expect(times.filter((time) => time > tripped && time < tripped + seconds(9))).toEqual([]);
  });
});

describe('seats', () => {
  scenario('a seat above the default is kept although its view is slow', async (fleet) => {
    const { author, ports } = desk(fleet);
    await setPolicy(author, (now) => ({ ...now, seats: 5 }), ports, never);
    const all = ['c1', 'c2', 'c3', 'c4', 'c5'].map((host) => {
      const process = fleet.process(host);
      process.view.close();
      return fleet.collector(host, process);
    });
    await fleet.advance(500);
    for (const { process } of all) process.view.open();
    await fleet.advance(seconds(20));
    const n = all.map(
      ({ transitions }) => transitions.filter(({ event }) => event.type === 'seated').length,
    );
    expect(Math.max(...n)).toBe(1);
  });
});

describe('holds', () => {
  scenario('silence counts from zero after a short hold', async (fleet) => {
    fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(8));
    const { author, ports } = desk(fleet);
    a.process.vanish();
    await planHold(
      author,
      { host: HostId.parse('h1'), until: ports.clock.wall() + seconds(4) },
      ports,
      never,
    );
    await until(fleet, () => fleet.audit.story({ entity: 'hold' }).includes('ran-out'));
    const from = fleet.clock.monotonic();
    await until(fleet, () => fleet.phase('h1/a') === 'absent');
    const took = fleet.clock.monotonic() - from;
    expect(took).toBeGreaterThanOrEqual(fleet.lease.ttl + fleet.lease.grace);
  });
  scenario('a hold that ends while an expiry is queued causes no crash', async (fleet) => {
    const c = fleet.collector('c1');
    const a = fleet.agent('h1/a', []);
    const b = fleet.agent('h2/a', []);
    await fleet.advance(seconds(8));
    const { author, ports } = desk(fleet);
    await fleet.kill(a.process);
    await fleet.kill(b.process);
    let planned = false;
    c.process.beforeCommit = async (commit) => {
      const holdFence = commit.fences?.find(({ key }) => key === 'hold.h1' || key === 'hold.h2');
      if (planned || !holdFence) return;
      planned = true;
      // The first expiry takes long; the second waits, and its hold begins and ends meanwhile.
      const other = holdFence.key === 'hold.h1' ? 'h2' : 'h1';
      await planHold(
        author,
        { host: HostId.parse(other), until: ports.clock.wall() + 200 },
        ports,
        never,
      );
      await c.process.clock.sleep(1000);
    };
    await fleet.advance(seconds(60));
    expect(planned).toBe(true);
    expect(c.collector.state).toBe('watching');
    expect([fleet.phase('h1/a'), fleet.phase('h2/a')]).toEqual(['absent', 'absent']);
  });
  scenario('planning a hold returns that it is new although the answer was lost', async (fleet) => {
    const { author, ports, process } = desk(fleet);
    process.line.fate = (n) => (n === 2 ? 'unanswered' : 'fine');
    const outcome = planHold(
      author,
      { host: HostId.parse('h1'), until: ports.clock.wall() + minutes(1) },
      ports,
      never,
    );
    await fleet.advance(seconds(3));
    expect(await outcome).toBe('planned');
  });
  scenario('a release whose answer was lost leaves the next hold unchanged', async (fleet) => {
    const { author, ports, process } = desk(fleet);
    const other = desk(fleet);
    const until = ports.clock.wall() + minutes(1);
    const at = { host: HostId.parse('h1') };
    await planHold(author, { ...at, until }, ports, never);
    const from = process.line.requests;
    process.line.fate = (n) => (n === from + 2 ? 'unanswered' : 'fine');
    const outcome = endHoldEarly(author, at, ports, never);
    await fleet.advance(50);
    expect(await planHold(other.author, { ...at, until: until + 5 }, other.ports, never)).toBe(
      'planned',
    );
    await fleet.advance(seconds(3));
    expect(await outcome).toBe('released');
    expect(fleet.audit.story({ entity: 'hold' })).toEqual(['planned', 'released', 'planned']);
  });
});

describe('a record that cannot be removed', () => {
  scenario('is not tried and reported at every sweep (refused by the store)', async (fleet) => {
    const c = fleet.collector('c1');
    const a = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(5));
    c.process.beforeCommit = async (commit) => {
      if (commit.writes.some(({ text }) => text === undefined))
        throw new Fault('store-refused', 'no permission');
    };
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'expired');
    const before = c.transitions.length;
    await fleet.advance(seconds(10));
    c.process.beforeCommit = undefined;
    await fleet.advance(seconds(10));
    expect(fleet.phase('h1/a')).toBe('absent');
    expect(c.transitions.length - before).toBeLessThan(50);
  });
  scenario('is not read and reported at every sweep (its owner has a lease)', async (fleet) => {
    const c = fleet.collector('c1');
    await fleet.advance(seconds(5));
    const record = instanceRecord('h9/a', 'run1', 'web/1');
    fleet.byHand('instance.h9.a.web.1', JSON.stringify(record));
    fleet.world.leases.append(`run.h9.a.${runId('run1')}`, 'what', minutes(60));
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace + seconds(1));
    const before = c.transitions.length;
    await fleet.advance(seconds(10));
    expect(c.transitions.length - before).toBeLessThan(30);
  });
});
