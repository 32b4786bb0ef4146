import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../support/sample-records.ts';

/** All that can be asked of a fleet, for comparing two. */
function said(fleet: Fleet) {
  const slots = [...fleet.slots()];
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
  const instances = slots.flatMap((slot) => [...slot.instances.values()]).sort(byKey);
  return {
    upTo: fleet.upTo,
    size: fleet.size,
    agents: slots.flatMap((slot) => slot.agent ?? []).sort(byKey),
    instances,
    named: instances
      .flatMap((read) => (read.kind === 'stored' ? [read.record] : []))
      .map(({ service, id }) => [...fleet.named(service, id).values()].sort(byKey)),
    unreadable: [...fleet.unreadable()].sort(byKey),
  };
}

const agent = agentEntry(1, agentRecord('h1/a', 'run1'));
const web = instanceEntry(2, instanceRecord('h1/a', 'run1', 'web/1'));

describe('the fleet', () => {
  test('has a slot as long as something stands under it', () => {
    const fleet = new Fleet();
    fleet.apply([agent, web], 2);
    fleet.apply([{ ...agent, revision: 3, text: undefined }], 3);
    expect([fleet.size, fleet.slot('h1.a')?.instances.size]).toEqual([1, 1]);
    fleet.apply([{ ...web, revision: 4, text: undefined }], 4);
    expect([fleet.size, fleet.slot('h1.a')]).toEqual([0, undefined]);
  });

  test('says which slots a change touched, also those that it emptied', () => {
    const fleet = new Fleet();
    expect([...fleet.apply([agent, web], 2)]).toEqual(['h1.a']);
    expect([...fleet.apply([{ ...agent, revision: 3, text: undefined }], 3)]).toEqual(['h1.a']);
    const other = agentEntry(4, agentRecord('h2/b', 'run1'));
    expect([...fleet.replace([other], 4)].sort()).toEqual(['h1.a', 'h2.b']);
  });

  test('finds an instance by its name under whatever slots, and no more once it is gone', () => {
    const fleet = new Fleet();
    const twin = instanceEntry(3, instanceRecord('h2/b', 'run1', 'web/1'));
    fleet.apply([web, twin], 3);
    expect([...fleet.named('web', '1').keys()]).toEqual([web.key, twin.key]);
    fleet.apply([{ ...twin, revision: 4, text: undefined }], 4);
    fleet.apply([{ ...web, revision: 5, text: '{}' }], 5);
    expect([...fleet.named('web', '1')]).toEqual([]);
  });

  test('keeps what it cannot read as unreadable, beside all the rest (G12)', () => {
    const fleet = new Fleet();
    fleet.apply([agent, { ...web, text: '{"v":99}' }, { key: 'what', revision: 3, text: '' }], 3);
    expect([...fleet.unreadable()].map(({ key }) => key)).toEqual(['what', web.key]);
    fleet.apply(
      [
        { key: 'what', revision: 4, text: undefined },
        { ...web, revision: 5 },
      ],
      5,
    );
    expect([...fleet.unreadable()]).toEqual([]);
    expect(fleet.slot('h1.a')?.instances.get(web.key)?.kind).toBe('stored');
  });

  test('does not take a record for another’s because its name lies', () => {
    const fleet = new Fleet();
    fleet.apply([{ ...agent, text: JSON.stringify(agentRecord('h2/a', 'run1')) }], 1);
    expect(fleet.slot('h1.a')?.agent?.kind).toBe('unreadable');
    expect(fleet.slot('h2.a')).toBeUndefined();
  });

  test('never goes back in what it has seen, but after a snapshot', () => {
    const fleet = new Fleet();
    fleet.apply([agent], 10);
    fleet.apply([], 5);
    expect(fleet.upTo).toBe(10);
    fleet.replace([agent], 7);
    expect(fleet.upTo).toBe(7);
  });
});

const keys = [
  agent.key,
  web.key,
  instanceEntry(1, instanceRecord('h1/a', 'run1', 'web/2')).key,
  agentEntry(1, agentRecord('h2/b', 'run1')).key,
  instanceEntry(1, instanceRecord('h2/b', 'run1', 'web/1')).key,
  'nonsense',
];
const texts = [
  undefined,
  agent.text,
  web.text,
  instanceEntry(1, instanceRecord('h1/a', 'run2', 'web/1', { state: 'draining' })).text,
  instanceEntry(1, instanceRecord('h1/a', 'run1', 'web/2')).text,
  agentEntry(1, agentRecord('h2/b', 'run1')).text,
  instanceEntry(1, instanceRecord('h2/b', 'run1', 'web/1')).text,
  '{"v":1}',
  'not json',
];
const histories = fc
  .array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...texts)), { maxLength: 30 })
  .map((all) => all.map(([key, text], n): KeyValueEntry => ({ key, revision: n + 1, text })));

/** What a snapshot after this history holds: the last of each key, removals left out. */
const snapshotOf = (history: readonly KeyValueEntry[]) =>
  [...new Map(history.map((entry) => [entry.key, entry])).values()]
    .filter(({ text }) => text !== undefined)
    .sort((a, b) => a.revision - b.revision);

describe('whatever happened', () => {
  test('changes taken in one by one give what a snapshot gives', () => {
    fc.assert(
      fc.property(histories, fc.nat(29), (history, cut) => {
        const upTo = history.length;
        const changed = new Fleet();
        changed.apply(history.slice(0, cut), Math.min(cut, upTo));
        for (const entry of history.slice(cut)) changed.apply([entry], entry.revision);
        const loaded = new Fleet();
        loaded.replace(snapshotOf(history), upTo);
        expect(said(changed)).toEqual(said(loaded));
      }),
      { numRuns: 300 },
    );
  });

  test('a snapshot leaves nothing behind of what was known before', () => {
    fc.assert(
      fc.property(histories, histories, (before, history) => {
        const reloaded = new Fleet();
        reloaded.apply(before, before.length);
        reloaded.replace(snapshotOf(history), history.length);
        const loaded = new Fleet();
        loaded.replace(snapshotOf(history), history.length);
        expect(said(reloaded)).toEqual(said(loaded));
      }),
    );
  });

  test('what is not touched did not change', () => {
    fc.assert(
      fc.property(histories, histories, (before, after) => {
        const fleet = new Fleet();
        fleet.apply(before, before.length);
        const held = new Map(
          [...fleet.slots()].map((s) => [s.slot, JSON.stringify([s.agent, ...s.instances])]),
        );
        const later = after.map((entry) => ({
          ...entry,
          revision: entry.revision + before.length,
        }));
        const touched = fleet.apply(later, before.length + after.length);
        for (const [slot, text] of held) {
          if (touched.has(slot)) continue;
          const now = fleet.slot(slot);
          expect(now && JSON.stringify([now.agent, ...now.instances])).toBe(text);
        }
      }),
    );
  });

  test('no entry is so strange that it stops the view (G12)', () => {
    const tokens = fc.oneof(
      fc.constantFrom('agent', 'instance', 'hold', '', '*', '>', '=', '=GG', '=C3', '__proto__'),
      fc.string(),
    );
    const strange = fc.record({
      key: fc.array(tokens, { minLength: 1, maxLength: 7 }).map((all) => all.join('.')),
      revision: fc.nat(),
      text: fc.option(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.constantFrom('null', '{"__proto__":{"v":1}}', '[]', '{"labels":{"a":1}}'),
        ),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.array(strange), (entries) => {
        const fleet = new Fleet();
        fleet.apply(entries, 1);
        const standing = snapshotOf(entries.map((entry, n) => ({ ...entry, revision: n + 1 })));
        expect([...fleet.unreadable()]).toHaveLength(standing.length);
      }),
      { numRuns: 500 },
    );
  });
});
