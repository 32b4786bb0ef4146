import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { Actor } from '../../../src/domain/identity/names.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { planRecordRemoval } from '../../../src/runtime/operator/remove-record.ts';
import { brakeEntry, holdEntry } from '../../domain/support/sample-fleet.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../../domain/support/sample-records.ts';

const author = {
  actor: Actor.parse({ host: 'ops', agent: 'operator', run: 'operator0' }),
  ports: { clock: systemClock, entropy: systemEntropy, hash: systemHash },
};
const instance = instanceEntry(11, instanceRecord('h1/a', 'run1', 'web/1'));

const planned = (entries: readonly KeyValueEntry[], { leased = false, key = instance.key } = {}) =>
  planRecordRemoval(author, key, {
    registry: {
      read: async (read: string) =>
        entries.find((entry) => entry.key === read) ?? { key: read, revision: 5, text: undefined },
    },
    leases: {
      read: async (read: string) => ({ key: read, revision: 7, text: leased ? '{}' : undefined }),
    },
    audit: { async *read() {} },
  } as unknown as Ports);

const successor = agentEntry(20, agentRecord('h1/a', 'run2'));

describe('the removal of a record by an operator', () => {
  it('fails if the record or its slot changed', async () => {
    const plan = await planned([instance, successor]);
    if (plan.kind !== 'possible') throw new Error(`it is ${plan.kind}`);
    expect(plan.commit.writes).toEqual([
      { key: instance.key, expectedRevision: 11, text: undefined },
    ]);
    expect(plan.commit.fences).toEqual([{ key: successor.key, expectedRevision: 20 }]);
    expect(JSON.parse(plan.commit.events[0]?.text ?? '').event).toEqual({
      type: 'removed',
      why: 'superseded',
    });
  });

  it('fails if a slot that had no record has one', async () => {
    const plan = await planned([instance]);
    expect(plan).toMatchObject({ kind: 'possible', commit: { fences: [{ expectedRevision: 5 }] } });
  });

  it('is refused while the owner has its slot and was not declared dead', async () => {
    expect(await planned([instance, agentEntry(10, agentRecord('h1/a', 'run1'))])).toMatchObject({
      kind: 'refused',
    });
  });

  it('is refused while the owner has its lease, whatever its slot says', async () => {
    for (const entries of [[instance], [instance, successor]]) {
      expect(await planned(entries, { leased: true })).toMatchObject({ kind: 'refused' });
    }
  });

  it('is refused if the record of the slot cannot be read', async () => {
    const slot = { ...successor, text: 'no JSON' };
    expect(await planned([instance, slot])).toMatchObject({ kind: 'refused' });
  });

  it('is possible without an event if the record has no event', async () => {
    const broken = { ...instance, text: 'no JSON' };
    expect(await planned([broken])).toMatchObject({ kind: 'possible', isAudited: false });
    const strange = { key: 'no.such.kind', revision: 3, text: '{}' };
    const plan = await planned([strange], { key: strange.key });
    expect(plan).toMatchObject({ kind: 'possible', commit: { events: [] } });
  });

  it('is refused for an agent, also if its record cannot be read', async () => {
    const key = 'agent.h1.a';
    expect(await planned([{ key, revision: 3, text: '{' }], { key })).toMatchObject({
      kind: 'refused',
    });
  });

  it.each([
    [holdEntry('h1', { until: 9 }), 'rollcall release'],
    [brakeEntry('ams', { seen: 5, suspect: 5 }), 'rollcall gc run'],
  ])('is refused for a record of the fleet that can be read: $key', async (entry, command) => {
    expect(await planned([entry], { key: entry.key })).toMatchObject({
      kind: 'refused',
      hint: expect.stringMatching(`^to end or change it: .*${command}`),
    });
  });

  it.each(['hold.h1', 'hold.h1.a', 'drain.h1', 'drain.web.1', 'brake.ams', 'policy'])(
    'is possible without an event for %s that cannot be read and that no event has',
    async (key) => {
      expect(await planned([{ key, revision: 3, text: '{' }], { key })).toMatchObject({
        ...{ kind: 'possible', isAudited: false },
        commit: { writes: [{ key, expectedRevision: 3, text: undefined }], events: [] },
      });
    },
  );

  it('does nothing if there is no record', async () => {
    expect(await planned([])).toEqual({ kind: 'absent' });
  });
});
