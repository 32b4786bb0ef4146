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

/** All that a fleet answers, to compare two fleets. */
function contentsOf(fleet: Fleet) {
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
  test('has a slot as long as a record exists below it', () => {
    const fleet = new Fleet();
    fleet.apply([agent, web], 2);
    fleet.apply([{ ...agent, revision: 3, text: undefined }], 3);
    expect([fleet.size, fleet.slot('h1.a')?.instances.size]).toEqual([1, 1]);
    fleet.apply([{ ...web, revision: 4, text: undefined }], 4);
    expect([fleet.size, fleet.slot('h1.a')]).toEqual([0, undefined]);
  });

  test('reports the slots that a change touched, also those that it emptied', () => {
    const fleet = new Fleet();
    expect([...fleet.apply([agent, web], 2)]).toEqual(['h1.a']);
    expect([...fleet.apply([{ ...agent, revision: 3, text: undefined }], 3)]).toEqual(['h1.a']);
    const other = agentEntry(4, agentRecord('h2/b', 'run1'));
    expect([...fleet.replace([other], 4)].sort()).toEqual(['h1.a', 'h2.b']);
  });

  test('finds an instance by name in any slot, until it is removed', () => {
    const fleet = new Fleet();
    const twin = instanceEntry(3, instanceRecord('h2/b', 'run1', 'web/1'));
    fleet.apply([web, twin], 3);
    expect([...fleet.named('web', '1').keys()]).toEqual([web.key, twin.key]);
    fleet.apply([{ ...twin, revision: 4, text: undefined }], 4);
    fleet.apply([{ ...web, revision: 5, text: '{}' }], 5);
    expect([...fleet.named('web', '1')]).toEqual([]);
  });

  test('keeps an unreadable record as unreadable, with all other records (G12)', () => {
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

  test('does not accept a record whose fields disagree with its key', () => {
    const fleet = new Fleet();
    fleet.apply([{ ...agent, text: JSON.stringify(agentRecord('h2/a', 'run1')) }], 1);
    expect(fleet.slot('h1.a')?.agent?.kind).toBe('unreadable');
    expect(fleet.slot('h2.a')).toBeUndefined();
  });

  test('never goes back to an older revision except after a snapshot', () => {
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

/** The snapshot after this history: the last entry of each key, without removals. */
const snapshotOf = (history: readonly KeyValueEntry[]) =>
  [...new Map(history.map((entry) => [entry.key, entry])).values()]
    .filter(({ text }) => text !== undefined)
    .sort((a, b) => a.revision - b.revision);

describe('a fleet after any history', () => {
  test('is the same from single changes as from a snapshot', () => {
    fc.assert(
      fc.property(histories, fc.nat(29), (history, cut) => {
        const upTo = history.length;
        const changed = new Fleet();
        changed.apply(history.slice(0, cut), Math.min(cut, upTo));
        for (const entry of history.slice(cut)) changed.apply([entry], entry.revision);
        const loaded = new Fleet();
        loaded.replace(snapshotOf(history), upTo);
        expect(contentsOf(changed)).toEqual(contentsOf(loaded));
      }),
      { numRuns: 300 },
    );
  });

  test('keeps nothing of its earlier contents after a snapshot', () => {
    fc.assert(
      fc.property(histories, histories, (before, history) => {
        const reloaded = new Fleet();
        reloaded.apply(before, before.length);
        reloaded.replace(snapshotOf(history), history.length);
        const loaded = new Fleet();
        loaded.replace(snapshotOf(history), history.length);
        expect(contentsOf(reloaded)).toEqual(contentsOf(loaded));
      }),
    );
  });

  test('reports every slot that changed as touched', () => {
    fc.assert(
      fc.property(histories, histories, (before, after) => {
        const fleet = new Fleet();
        fleet.apply(before, before.length);
        const copies = new Map(
          [...fleet.slots()].map((s) => [s.slot, JSON.stringify([s.agent, ...s.instances])]),
        );
        const later = after.map((entry) => ({
          ...entry,
          revision: entry.revision + before.length,
        }));
        const touched = fleet.apply(later, before.length + after.length);
        for (const [slot, text] of copies) {
          if (touched.has(slot)) continue;
          const now = fleet.slot(slot);
          expect(now && JSON.stringify([now.agent, ...now.instances])).toBe(text);
        }
      }),
    );
  });

  test('accepts any entry without a failure (G12)', () => {
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
        const snapshot = snapshotOf(entries.map((entry, n) => ({ ...entry, revision: n + 1 })));
        expect([...fleet.unreadable()]).toHaveLength(snapshot.length);
      }),
      { numRuns: 500 },
    );
  });
});
