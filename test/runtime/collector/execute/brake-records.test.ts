import { describe, expect } from 'vitest';
import { recordSubject } from '../../../../src/adapters/memory/server/subjects.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { ZoneName } from '../../../../src/domain/identity/names.ts';
import type { FleetPolicy } from '../../../../src/domain/policy/fleet-policy.ts';
import { minutes, seconds } from '../../../../src/domain/time.ts';
import type { BrakeReading } from '../../../../src/ports/metrics.ts';
import { setPolicy } from '../../../../src/runtime/operator/operator-actions.ts';
import { brakeEntry } from '../../../domain/support/sample-fleet.ts';
import { type FleetInMemory, slotAt } from '../../support/fleet-in-memory.ts';
import { scenario } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

const zone = ZoneName.parse('r1');
const isOn = (fleet: FleetInMemory): boolean =>
  fleet.world.registry.last(recordSubject('brake.r1'))?.text !== undefined;

const isExpiry = (text = '{}'): boolean => JSON.parse(text).phase === 'expired';

/** A zone of this many agents, all watched by one process. */
async function given(fleet: FleetInMemory, count: number) {
  const watcher = fleet.process('c1');
  const readings: (readonly BrakeReading[])[] = [];
  const { metrics } = watcher.ports;
  const brakes = (all: readonly BrakeReading[]) => void readings.push(all);
  Object.assign(watcher.ports, { metrics: { ...metrics, brakes } });
  fleet.collector('c1', watcher);
  const agents = Array.from({ length: count }, (_, n) => fleet.agent(`r1-${n}/a`, [], { zone }));
  await fleet.advance(seconds(8));
  return { agents, watcher, reading: () => readings.at(-1)?.find((one) => one.zone === 'r1') };
}

describe('a zone’s brake', () => {
  scenario('is released when no record of the zone is left', async (fleet) => {
    const { agents } = await given(fleet, 4);
    for (const { process } of agents) await fleet.kill(process);
    await until(fleet, () => isOn(fleet));
    await until(fleet, () => !isOn(fleet), minutes(3));
    expect(agents.map((_, n) => fleet.phase(`r1-${n}/a`))).toEqual(agents.map(() => 'absent'));
  });

  scenario('limits expiries although its record cannot be written', async (fleet) => {
    const { agents, watcher } = await given(fleet, 10);
    watcher.beforeCommit = async ({ writes }) => {
      if (writes.some(({ key }) => key.startsWith('brake.'))) {
        throw new Fault('store-refused', 'it may not write there');
      }
    };
    for (const { process } of agents.slice(0, 6)) await fleet.kill(process);
    const { ttl, grace } = fleet.lease;
    await fleet.advance(ttl + grace + minutes(1));
    const standing = agents.filter((_, n) => fleet.phase(`r1-${n}/a`).startsWith('live'));
    expect([isOn(fleet), standing.length]).toEqual([false, 10]);
  });

  scenario('is written later if its record cannot be written for a while', async (fleet) => {
    const { agents, watcher } = await given(fleet, 10);
    let refuses = true;
    watcher.beforeCommit = async ({ writes }) => {
      if (refuses && writes.some(({ key }) => key.startsWith('brake.'))) {
        throw new Fault('store-unavailable', 'no leader');
      }
    };
    for (const { process } of agents.slice(0, 6)) await fleet.kill(process);
    await fleet.advance(fleet.lease.ttl + seconds(2));
    refuses = false;
    await until(fleet, () => isOn(fleet), seconds(1));
  });

  scenario('is left unchanged if another seat has set it meanwhile', async (fleet) => {
    const { agents, watcher } = await given(fleet, 10);
    const late = fleet.collector('c2');
    await fleet.advance(seconds(3));
    watcher.beforeCommit = async ({ writes }) => {
      if (!writes.some(({ key }) => key.startsWith('brake.'))) return;
      // The other collector reads the brake, and gets the answer after it was set.
      late.process.line.delay = () => 150;
      late.process.view.close();
      await fleet.clock.sleep(140);
    };
    for (const { process } of agents.slice(0, 6)) await fleet.kill(process);
    await until(fleet, () => isOn(fleet));
    await fleet.advance(seconds(2));
    late.process.view.open();
    const tripped = fleet.audit.story({ entity: 'brake' }).filter((type) => type === 'tripped');
    expect(tripped).toHaveLength(1);
  });

  scenario('is set once, however long the write takes', async (fleet) => {
    const { agents, watcher } = await given(fleet, 10);
    watcher.beforeCommit = async ({ writes }) => {
      if (writes.some(({ key }) => key.startsWith('brake.'))) await fleet.clock.sleep(800);
    };
    for (const { process } of agents.slice(0, 6)) await fleet.kill(process);
    await until(fleet, () => isOn(fleet));
    await fleet.advance(seconds(2));
    const set = watcher.commits.filter(({ commit }) =>
      commit.writes.some(({ key }) => key === 'brake.r1'),
    );
    expect(set).toMatchObject([{ outcome: 'committed' }]);
  });

  scenario('keeps the run if it is set between the read and the write', async (fleet) => {
    const { agents, watcher } = await given(fleet, 10);
    let set = false;
    watcher.beforeCommit = async ({ writes }) => {
      if (set || !writes.some(({ key, text }) => key === 'agent.r1-0.a' && isExpiry(text))) return;
      set = true;
      const { key, text } = brakeEntry('r1', { seen: 10, suspect: 4 });
      fleet.byHand(key, text);
    };
    if (agents[0]) await fleet.kill(agents[0].process);
    await until(fleet, () => set);
    await fleet.advance(50);
    expect(fleet.phase('r1-0/a')).toMatch(/^live, /);
    expect(watcher.commits.at(-1)?.outcome).toBe('conflict');
  });

  scenario('reports the number of runs that wait', async (fleet) => {
    const { agents, reading } = await given(fleet, 10);
    expect(reading()).toEqual({ zone: 'r1', on: false, seen: 10, suspect: 0, heldBack: 0 });
    for (const { process } of agents.slice(0, 6)) await fleet.kill(process);
    await until(fleet, () => fleet.phase('r1-5/a').startsWith('live, '));
    await fleet.advance(fleet.lease.grace + seconds(1));
    const { on, seen = 0, suspect = 0, heldBack } = reading() ?? {};
    expect(on).toBe(true);
    expect([6, 5]).toContain(suspect);
    expect(seen - suspect).toBe(4);
    expect(heldBack).toBe(suspect);
  });
});

scenario(
  'the record of a brake has the number of permitted expiries and the counts of its zone',
  async (fleet) => {
    const { agents } = await given(fleet, 40);
    const { ports } = fleet.process('desk');
    const author = { actor: { ...slotAt('desk/operator'), run: ports.entropy.runId() }, ports };
    const pace = (now: FleetPolicy) => ({ ...now, brake: { ...now.brake, pace: 20, release: 0 } });
    await setPolicy(author, pace, ports, new AbortController().signal);
    for (const { process } of agents.slice(0, 30)) await fleet.kill(process);
    await until(fleet, () => isOn(fleet));
    await until(fleet, () => !isOn(fleet));
    const events = fleet.audit.events.filter(({ of }) => of.entity === 'brake');
    const through = events.filter(({ event }) => event.type === 'let-through');
    const runs = through.map(({ event }) => Number(event['runs']));
    expect(runs.reduce((sum, more) => sum + more)).toBe(30);
    expect(Math.max(...runs)).toBeGreaterThan(1);
    let sum = 0;
    for (const [n, { record }] of through.entries()) {
      sum += runs[n] ?? 0;
      expect(record?.['expired']).toBe(sum);
      // The counts at the time of the write: the expiring runs are still included.
      expect(record?.['suspect']).toBeGreaterThanOrEqual(30 - sum);
      expect(Number(record?.['seen']) - Number(record?.['suspect'])).toBe(10);
    }
    expect(through.at(-1)?.record?.['suspect']).toBeLessThan(30);
  },
);
