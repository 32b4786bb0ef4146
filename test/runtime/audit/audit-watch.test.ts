import { describe, expect, test } from 'vitest';
import { RunId } from '../../../src/domain/identity/names.ts';
import type { AgentRecord, InstanceRecord } from '../../../src/domain/records/schemas.ts';
import type { StoredRecord } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import {
  removeInstance,
  transitionInstance,
} from '../../../src/runtime/transitions/instance-changes.ts';
import type { Author, Change } from '../../../src/runtime/transitions/record-change.ts';
import { buildClaim, transitionRun } from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';

/** A fleet with one agent that serves one instance, and an author without permissions. */
async function wrongdoing() {
  const fleet = new FleetInMemory();
  const a = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(1));
  const { ports } = fleet.process('h2');
  const stranger: Author = { actor: { ...slotAt('h2/x'), run: RunId.parse('stranger1') }, ports };
  const itself: Author = { actor: { ...slotAt('h1/a'), run: a.agent.run }, ports };
  const record = () => fleet.record('h1/a') as StoredRecord<AgentRecord>;
  const web = () => fleet.instance('h1/a', 'web/1') as StoredRecord<InstanceRecord>;
  const commit = async (change: Change | 'ignored', edit: (text: string) => string = (t) => t) => {
    if (change === 'ignored') throw new Error('the machine refuses it');
    const { writes, events: sealed } = sealCommit([change]);
    const events = sealed.map(({ subject, text }) => ({ subject, text: edit(text) }));
    const { outcome } = await ports.registry.commit({ writes, events });
    expect(outcome).toBe('committed');
  };
  const faults = () => fleet.audit.verdict().join('\n');
  return { fleet, a, stranger, itself, record, web, commit, faults };
}

const edited =
  (change: (event: Record<string, unknown>) => object) =>
  (text: string): string =>
    JSON.stringify({ ...JSON.parse(text), ...change(JSON.parse(text)) });

describe('the audit watch detects', () => {
  test('no fault in a correct history', async () => {
    const { faults, web, itself, commit } = await wrongdoing();
    await commit(transitionInstance(itself, web(), { type: 'failed', detail: 'refused' }));
    expect(faults()).toBe('');
  });

  test('the removal of a record that a live run owns (G1)', async () => {
    const { faults, stranger, web, commit } = await wrongdoing();
    await commit(removeInstance(stranger, web(), 'owner-expired'));
    expect(faults()).toContain('its owner lives (G1)');
  });

  test('that a run was expired while it had its lease (G6), and wrote after that (G3)', async () => {
    const { faults, stranger, itself, record, web, commit } = await wrongdoing();
    await commit(transitionRun(stranger, record(), { type: 'suspected', reason: 'silent' }));
    expect(faults()).toBe('');
    await commit(transitionRun(stranger, record(), { type: 'expired' }));
    expect(faults()).toContain('its lease stands (G6)');
    await commit(transitionInstance(itself, web(), { type: 'failed', detail: 'refused' }));
    expect(faults()).toContain('is over (G3)');
  });

  test('an event by an author other than its run', async () => {
    const { faults, stranger, record, commit } = await wrongdoing();
    await commit(transitionRun(stranger, record(), { type: 'regranted' }));
    expect(faults()).toContain('done by another');
  });

  test('that two runs hold one slot (G10)', async () => {
    const { faults, fleet, record, commit } = await wrongdoing();
    const { ports } = fleet.process('h1');
    const { host, agent, ttl, grace, process, startedAt } = record().record;
    const second = { host, agent, run: RunId.parse('second001') };
    const { key, revision } = record();
    await commit(
      buildClaim(
        { actor: second, ports },
        { kind: 'unreadable', key, revision, why: '' },
        { ...second, ttl, grace, process, startedAt },
        {},
      ),
    );
    expect(faults()).toContain('holds the slot (G10)');
  });

  test.each([
    ['a missing number', { n: 9 }, 'follows'],
    ['a hash that is not of the event before', { prev: 'ab'.repeat(32) }, 'prev is not the hash'],
    ['a target that the machine does not reach', { to: 'draining' }, 'to is not "failing"'],
    ['a source that is not the state of the chain', { from: 'failing' }, 'from is not "serving"'],
    ['an edge that was not taken', { edges: [] }, 'its edges are not those'],
    ['an unknown machine', { chart: 'ffffffffffff' }, 'its machine is not known'],
    ['an event that the machine does not have', { event: { type: 'x' } }, 'the machine has no x'],
    ['a record that differs from the registry', { record: { n: 2 } }, 'not as the event says'],
  ])('%s', async (_, change, fault) => {
    const { faults, web, itself, commit } = await wrongdoing();
    const move = transitionInstance(itself, web(), { type: 'failed', detail: 'refused' });
    await commit(
      move,
      edited(() => change),
    );
    expect(faults()).toContain(fault);
  });

  test('a record without an event, and a removal without an event', async () => {
    const { faults, fleet, web } = await wrongdoing();
    const { key, record } = web();
    fleet.world.registry.append(`record.${key}x`, JSON.stringify(record));
    fleet.world.registry.append(`record.${key}`, undefined);
    expect(faults()).toContain(`nobody wrote ${key}x`);
    expect(faults()).toContain('is not over, and its record is gone');
  });
});
