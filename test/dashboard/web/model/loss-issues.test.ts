import { describe, expect, test } from 'vitest';
import type { FleetModel } from '../../../../src/dashboard/web/model/fleet-model.ts';
import { RunId } from '../../../../src/domain/identity/names.ts';
import { counted, instance, present, rollOf, run, tell } from '../support/sample-fleet.ts';

const live = present('live');
const silent = { why: 'silent', ttl: 15_000, grace: 30_000 } as const;

const dead = { why: 'owner-expired' };

describe('what a zone lost', () => {
  const zoned = { ...silent, zone: 'ams' };
  const gone = [
    { entity: run('h1'), state: 'gone', since: 2000, note: zoned },
    { entity: instance('h1', 'w1'), state: 'removed', note: { why: 'owner-expired' } },
    { entity: run('h2'), state: 'gone', since: 5000, note: zoned },
    { entity: instance('h2', 'w2'), state: 'removed', note: { why: 'owner-expired' } },
    { entity: run('h3'), state: live, note: zoned },
    { entity: instance('h3', 'w3'), state: 'serving' },
  ];
  const shown = (fleet: FleetModel, asked = {}) =>
    counted(fleet, { at: 9_000_000, old: false, ...asked })
      .issues.first(9)
      .map(({ title, reason }) => `${title}: ${reason.replace(/removed [^,]*/, 'removed')}`);
  const whole = [
    'zone ams: 2 of 3 agents, 2 instances, removed, none back',
    'service web: 1 left of 3 instances, 2 removed',
  ];

  test('stays an issue, however long ago it was, until it comes back', () => {
    const fleet = rollOf(gone);
    expect(shown(fleet)).toEqual(whole);
    tell(fleet, [
      { entity: run('h1', 'a', 2), state: live, since: 6000, note: zoned },
      { entity: instance('h1', 'w1', 'a', 2), state: 'serving' },
    ]);
    expect(shown(fleet)).toEqual([
      'service web: 2 left of 3 instances, 1 removed',
      'zone ams: 1 of 3 agents, 1 instance, removed, 1 back: h1/a',
    ]);
  });

  test('ends if the agent comes back and leaves', () => {
    const fleet = rollOf(gone);
    for (const host of ['h1', 'h2'])
      tell(fleet, [{ entity: run(host, 'a', 2), state: 'left', since: 6000, note: zoned }]);
    expect(shown(fleet)).toEqual([]);
  });

  test('is listed since the first loss', () => {
    const issues = counted(rollOf(gone), { at: 9_000_000 }).issues.first(9);
    expect(issues.map(({ since }) => since)).toEqual([2000, 2000]);
  });

  test('comes after a service of which nothing is left, which is the first of all', () => {
    const fleet = rollOf([
      ...gone,
      { entity: { ...instance('h2', 'd1'), service: 'db' } as never, state: 'removed', note: dead },
      { entity: run('h4'), state: present('live', 'suspect'), note: silent },
    ]);
    expect(shown(fleet)).toEqual([
      'service db: none left of 1 instance, 1 removed',
      'zone ams: 2 of 3 agents, 3 instances, removed, none back',
      'h4/a: silent',
      'service web: 1 left of 3 instances, 2 removed',
    ]);
    expect(counted(fleet, { at: 9_000_000 }).issues.count).toBe(4);
  });

  test('counts the agents that may be there, while it is not known whether a collector watches', () => {
    const fleet = rollOf(gone);
    for (const observation of ['unknown', 'unobserved'] as const) {
      fleet.setObservation(observation);
      expect(shown(fleet)).toContain(whole[0]);
    }
  });

  test('has the same total while agents expire and are removed one by one', () => {
    const fleet = rollOf(gone);
    const shownWith = (run3: string, instance3: string) => {
      tell(fleet, [
        { entity: run('h3'), state: run3, since: 7000, note: zoned },
        { entity: instance('h3', 'w3'), state: instance3, note: dead },
      ]);
      return shown(fleet).filter((one) => /^(zone|service)/.test(one));
    };
    const service = (left: string) => `service web: ${left} of 3 instances`;
    const zone = 'zone ams: 3 of 3 agents';
    expect(shownWith('expired', 'serving')).toEqual([
      expect.stringContaining(`${service('1 left')}, none live, 2 removed`),
      expect.stringContaining(zone),
    ]);
    for (const state of ['expired', 'gone'])
      expect(shownWith(state, 'removed')).toEqual([
        expect.stringContaining(`${service('none left')}, 3 removed`),
        expect.stringContaining(zone),
      ]);
  });

  test('has no total while older events are loading', () => {
    const fleet = rollOf(gone);
    fleet.isLoading = true;
    expect(shown(fleet)).toEqual([
      'zone ams: 2 agents, 2 instances, removed, none back',
      'service web: 1 left, 2 removed',
    ]);
  });

  test('comes first for a service of which no instance is live', () => {
    const fleet = rollOf([
      ...gone,
      { entity: run('h3'), state: present('live', 'suspect'), note: zoned },
      { entity: run('h4'), state: present('live', 'suspect'), note: silent },
    ]);
    expect(shown(fleet)[0]).toBe('service web: 1 left of 3 instances, none live, 2 removed');
    tell(fleet, [{ entity: run('h3'), state: live, note: zoned }]);
    expect(shown(fleet).at(-1)).toBe('service web: 1 left of 3 instances, 2 removed');
  });

  test('has no instance that another agent has registered since', () => {
    const fleet = rollOf(gone);
    tell(fleet, [{ entity: instance('h3', 'w1'), state: 'serving' }]);
    expect(shown(fleet)[0]).toBe('zone ams: 2 of 3 agents, 1 instance, removed, none back');
  });

  test('is no issue any more once it is acknowledged, and a later loss is one', () => {
    const fleet = rollOf(gone);
    const policy = { entity: 'policy', run: RunId.parse('policy000001') } as const;
    const acknowledge = (until: number) =>
      tell(fleet, [
        { entity: policy, state: 'standing', note: { acknowledged: [{ zone: 'ams', until }] } },
      ]);
    acknowledge(2000);
    expect(shown(fleet).toSorted()).toEqual([
      'service web: 1 left of 3 instances, 1 removed, 1 more acknowledged',
      'zone ams: 1 of 3 agents, 1 instance, removed, none back, 1 more acknowledged',
    ]);
    acknowledge(5000);
    expect(shown(fleet)).toEqual([]);
    expect(counted(fleet, { at: 9_000_000 }).issues.count).toBe(0);
  });

  test('says that what is left is unknown, in a file without the records before its first event', () => {
    const fleet = rollOf([
      ...gone,
      { entity: { ...instance('h2', 'd1'), service: 'db' } as never, state: 'removed', note: dead },
    ]);
    fleet.isPart = true;
    expect(shown(fleet)).toEqual([
      'zone ams: 2 agents, 3 instances, removed, none back',
      'service db: 1 removed',
      'service web: 2 removed',
    ]);
    const [first] = counted(fleet, { at: 9_000_000 }).issues.first(1);
    expect(first?.next).toBe('what is left is unknown');
  });

  test('is not needed for a service of which no instance is live, which is the first of all', () => {
    const suspect = present('live', 'suspect');
    const [silentAt, failing] = [{ ...silent, why: 'silent' }, instance('h2', 'w2')];
    const fleet = rollOf([
      { entity: run('h1'), state: suspect, note: silentAt, since: 4000, origin: [1, 4000] },
      { entity: instance('h1', 'w1'), state: 'serving' },
      { entity: run('h2'), state: live, note: zoned },
      { entity: failing, state: 'failing', since: 3000 },
    ]);
    expect(shown(fleet)[0]).toBe('service web: 2 instances, none live');
    expect(counted(fleet, { at: 9_000_000 }).issues.first(1)).toMatchObject([
      { status: 'dubious', since: 4000, filter: 'service:web', next: '' },
    ]);
    tell(fleet, [{ entity: failing, state: 'serving', since: 5000 }]);
    expect(shown(fleet)).toEqual(['h1/a: silent, 1 instance dubious']);
    tell(fleet, [{ entity: failing, state: 'draining', since: 6000 }]);
    expect(shown(fleet)[0]).toBe('service web: 2 instances, none live');
    tell(fleet, [
      { entity: run('h1'), state: live, note: zoned },
      { entity: instance('h1', 'w1'), state: 'draining' },
    ]);
    expect(shown(fleet)).toEqual([]);
  });

  test('of few agents of a zone comes after an agent that is silent now', () => {
    const fleet = rollOf([
      ...gone.slice(0, 2),
      ...gone.slice(4),
      { entity: run('h4'), state: present('live', 'suspect'), note: zoned },
    ]);
    expect(shown(fleet).slice(0, 1)).toEqual(['h4/a: silent']);
  });

  test('is shown whatever the filter', () => {
    const fleet = rollOf(gone);
    expect(shown(fleet, { text: 'h3' })).toEqual(whole);
    expect(shown(fleet, { text: 'nothing' })).toEqual(whole);
  });
});
