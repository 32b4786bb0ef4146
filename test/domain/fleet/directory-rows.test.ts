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

function rowOf(fleet: Fleet, target: string, name: string, observed = true) {
  const { host, agent } = slotOf(target);
  const { service, id } = instanceRecord(target, 'x', name);
  const slot = fleet.slot(agentMapKey({ host, agent }));
  const stored = slot?.instances.get(instanceKey({ host, agent, service, id }));
  if (!slot || stored?.kind !== 'stored') throw new Error(`no ${name} under ${target}`);
  return toInstanceRow(stored, slot, fleet, observed);
}

function agentOf(fleet: Fleet, target: string, observed = true) {
  const slot = fleet.slot(agentMapKey(slotOf(target)));
  return slot && toAgentRow(slot, fleet, observed);
}

const web = instanceEntry(12, instanceRecord('h1/a', 'run1', 'web/1'));
const reasonOf = (fleet: Fleet, observed = true) => {
  const { state, reason, since } = rowOf(fleet, 'h1/a', 'web/1', observed);
  return { state, reason, since };
};

describe('an instance', () => {
  const owner = agentEntry(11, agentRecord('h1/a', 'run1', { term: 10 }));

  test('is live while its owner is live, with the time since when', () => {
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
    'is dubious since its owner became %s',
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
    ['with the reason of the suspicion', suspicion('unreachable'), 'unreachable'],
    ['as silent when the record has no reason', undefined, 'silent'],
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

  test('is superseded since the start of another run that has its slot', () => {
    const other = agentEntry(13, agentRecord('h1/a', 'run2', { startedAt: at }));
    expect(reasonOf(fleetOf(other, web))).toEqual({
      state: 'dubious',
      reason: 'superseded',
      since: at,
    });
  });

  test('is an orphan when its slot has no agent record', () => {
    expect(reasonOf(fleetOf(web))).toMatchObject({ state: 'dubious', reason: 'orphan' });
  });

  test('is unobserved, not dead, when its agent record is unreadable', () => {
    const unreadable = { key: agentKey(slotOf('h1/a')), revision: 13, text: '{"v":9}' };
    expect(reasonOf(fleetOf(unreadable, web))).toMatchObject({
      state: 'dubious',
      reason: 'unobserved',
    });
  });

  test('is unobserved while no collector has a seat', () => {
    expect(reasonOf(fleetOf(owner, web), false)).toMatchObject({
      state: 'dubious',
      reason: 'unobserved',
    });
  });

  test('that is failing and dubious is shown as dubious and keeps its health', () => {
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

  test('has the revision of its registration as token, also after a rewrite', () => {
    expect(rowOf(fleetOf(owner, web), 'h1/a', 'web/1').token).toBe(12);
    const rewritten = instanceEntry(20, instanceRecord('h1/a', 'run1', 'web/1', { token: 12 }));
    const row = rowOf(fleetOf(owner, rewritten), 'h1/a', 'web/1');
    expect([row.token, row.revision]).toEqual([12, 20]);
  });

  test('has the term of its owner, and 0 when the slot belongs to another run', () => {
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

  test('is unobserved while no collector has a seat, unless it is expired', () => {
    const live = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1')));
    expect(agentOf(live, 'h1/a', false)?.reason).toBe('unobserved');
    const dead = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1', { phase: 'expired' })));
    expect(agentOf(dead, 'h1/a', false)?.reason).toBeNull();
  });

  test('has no row without a readable record', () => {
    expect(agentOf(fleetOf(web), 'h1/a')).toBeUndefined();
    const unreadable = { key: agentKey(slotOf('h1/a')), revision: 13, text: '?' };
    expect(agentOf(fleetOf(unreadable), 'h1/a')).toBeUndefined();
  });

  test('has the id of its run', () => {
    const fleet = fleetOf(agentEntry(11, agentRecord('h1/a', 'run1')));
    expect(agentOf(fleet, 'h1/a')?.run).toBe(runId('run1'));
  });
});
