import { describe, expect, test } from 'vitest';
import { toAgentRow, toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { agentKey, agentMapKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
  runId,
  slotOf,
} from '../support/sample-records.ts';

const at = Date.UTC(2026, 5, 1);
const suspicion = (reason: 'silent' | 'unreachable') => ({ reason, since: at });

function fleetOf(...entries: Parameters<Fleet['replace']>[0]): Fleet {
  const fleet = new Fleet();
  fleet.replace(entries, Math.max(...entries.map(({ revision }) => revision)));
  return fleet;
}

function rowOf(fleet: Fleet, place: string, name: string, observed = true) {
  const { host, agent } = slotOf(place);
  const { service, id } = instanceRecord(place, 'x', name);
  const slot = fleet.slot(agentMapKey({ host, agent }));
  const stored = slot?.instances.get(instanceKey({ host, agent, service, id }));
  if (!slot || stored?.kind !== 'stored') throw new Error(`no ${name} under ${place}`);
  return toInstanceRow(stored, slot, fleet, observed);
}

function agentOf(fleet: Fleet, place: string, observed = true) {
  const slot = fleet.slot(agentMapKey(slotOf(place)));
  return slot && toAgentRow(slot, fleet, observed);
}

const web = instanceEntry(12, instanceRecord('h1/a', 'run1', 'web/1'));
const reasonOf = (fleet: Fleet, observed = true) => {
  const { state, reason, since } = rowOf(fleet, 'h1/a', 'web/1', observed);
  return { state, reason, since };
};

describe('an instance', () => {
  const owner = agentEntry(11, agentRecord('h1/a', 'run1', { term: 10 }));

  test('is live while its owner is, and says since when', () => {
    const { record } = { record: instanceRecord('h1/a', 'run1', 'web/1') };
    expect(reasonOf(fleetOf(owner, web))).toEqual({
      state: 'live',
      reason: null,
      since: record.since,
    });
  });

  test.each(['failing', 'draining'] as const)('is %s by its own record alone', (state) => {
    const entry = instanceEntry(12, instanceRecord('h1/a', 'run1', 'web/1', { state }));
    expect(rowOf(fleetOf(owner, entry), 'h1/a', 'web/1')).toMatchObject({ state, reason: null });
  });

  test.each(['silent', 'unreachable'] as const)(
    'is dubious as soon as its owner is %s, and since then',
    (reason) => {
      const doubted = agentRecord('h1/a', 'run1', { suspect: suspicion(reason) });
      expect(reasonOf(fleetOf(agentEntry(13, doubted), web))).toEqual({
        state: 'dubious',
        reason,
        since: at,
      });
    },
  );

  test.each([
    ['with what it was suspected of', suspicion('unreachable'), 'unreachable'],
    ['as silent, where the record does not say', undefined, 'silent'],
  ] as const)('stays dubious when its owner is expired, %s', (_, suspect, reason) => {
    const expired = agentRecord('h1/a', 'run1', {
      phase: 'expired',
      since: at,
      ...(suspect && { suspect }),
    });
    expect(reasonOf(fleetOf(agentEntry(13, expired), web))).toEqual({
      state: 'dubious',
      reason,
      since: at,
    });
  });

  test('is superseded when another run holds its slot, since that one started', () => {
    const other = agentEntry(13, agentRecord('h1/a', 'run2', { startedAt: at }));
    expect(reasonOf(fleetOf(other, web))).toEqual({
      state: 'dubious',
      reason: 'superseded',
      since: at,
    });
  });

  test('is an orphan where no record stands in its slot', () => {
    expect(reasonOf(fleetOf(web))).toMatchObject({ state: 'dubious', reason: 'orphan' });
  });

  test('is unobserved where its slot’s record cannot be read: not knowing is not death', () => {
    const unreadable = { key: agentKey(slotOf('h1/a')), revision: 13, text: '{"v":9}' };
    expect(reasonOf(fleetOf(unreadable, web))).toMatchObject({
      state: 'dubious',
      reason: 'unobserved',
    });
  });

  test('is unobserved while nobody watches', () => {
    expect(reasonOf(fleetOf(owner, web), false)).toMatchObject({
      state: 'dubious',
      reason: 'unobserved',
    });
  });

  test('that is failing and dubious is shown as dubious, its health beside it', () => {
    const failing = instanceRecord('h1/a', 'run1', 'web/1', {
      state: 'failing',
      detail: 'refused',
    });
    const doubted = agentRecord('h1/a', 'run1', { suspect: suspicion('silent') });
    const fleet = fleetOf(agentEntry(13, doubted), instanceEntry(14, failing));
    expect(rowOf(fleet, 'h1/a', 'web/1')).toMatchObject({
      state: 'dubious',
      reason: 'silent',
      health: { state: 'failing', detail: 'refused' },
    });
  });

  test('carries the revision of its registration as token, also after it was rewritten', () => {
    expect(rowOf(fleetOf(owner, web), 'h1/a', 'web/1').token).toBe(12);
    const rewritten = instanceEntry(20, instanceRecord('h1/a', 'run1', 'web/1', { token: 12 }));
    const row = rowOf(fleetOf(owner, rewritten), 'h1/a', 'web/1');
    expect([row.token, row.revision]).toEqual([12, 20]);
  });

  test('carries its owner’s term, and none where the slot names another', () => {
    expect(rowOf(fleetOf(owner, web), 'h1/a', 'web/1').term).toBe(10);
    const justTaken = agentEntry(11, agentRecord('h1/a', 'run1'));
    expect(rowOf(fleetOf(justTaken, web), 'h1/a', 'web/1').term).toBe(11);
    const other = agentEntry(13, agentRecord('h1/a', 'run2'));
    expect(rowOf(fleetOf(other, web), 'h1/a', 'web/1').term).toBe(0);
  });
});

describe('an agent', () => {
  test.each([
    ['registering', {}, 'registering', null],
    ['live', {}, 'live', null],
    ['leaving', {}, 'leaving', null],
    ['live', { suspect: suspicion('silent') }, 'suspect', 'silent'],
    ['expired', { suspect: suspicion('unreachable') }, 'expired', 'unreachable'],
    ['expired', {}, 'expired', null],
  ] as const)('that is %s with %o is shown as %s (%s)', (phase, change, state, reason) => {
    const fleet = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1', { phase, ...change })), web);
    expect(agentOf(fleet, 'h1/a')).toMatchObject({ state, reason, instances: 1, term: 11 });
  });

  test('is unobserved while nobody watches, unless it is dead anyway', () => {
    const live = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1')));
    expect(agentOf(live, 'h1/a', false)?.reason).toBe('unobserved');
    const dead = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1', { phase: 'expired' })));
    expect(agentOf(dead, 'h1/a', false)?.reason).toBeNull();
  });

  test('has no row where no readable record stands', () => {
    expect(agentOf(fleetOf(web), 'h1/a')).toBeUndefined();
    const unreadable = { key: agentKey(slotOf('h1/a')), revision: 13, text: '?' };
    expect(agentOf(fleetOf(unreadable), 'h1/a')).toBeUndefined();
  });

  test('says which run it is', () => {
    const fleet = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1')));
    expect(agentOf(fleet, 'h1/a')?.run).toBe(runId('run1'));
  });
});
