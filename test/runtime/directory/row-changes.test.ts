import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { slotOfKey } from '../../../src/domain/identity/registry-keys.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { leanInstances } from '../../../src/runtime/directory/lean-instance.ts';
import { RowChanges } from '../../../src/runtime/directory/row-changes.ts';
import { holdEntry } from '../../domain/support/sample-fleet.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../../domain/support/sample-records.ts';

/** All rows, made anew from a fleet that keeps whole records. */
function rowsOf(entries: readonly KeyValueEntry[], observed: boolean) {
  const fleet = new Fleet();
  fleet.replace(entries, 1000);
  return [...fleet.services()].flatMap((service) =>
    [...fleet.ofService(service)].flatMap((stored) => {
      const slot = fleet.slot(slotOfKey(stored.key));
      return slot ? [toInstanceRow(stored, slot, fleet, observed)] : [];
    }),
  );
}

const keyOf = (row: { host: string; agent: string; service: string; id: string }) =>
  `${row.host}/${row.agent} ${row.service}/${row.id}`;
const sorted = <R extends { host: string; agent: string; service: string; id: string }>(
  rows: readonly R[],
) => rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const places = ['h1/a', 'h2/a', 'h3/a'];
const runs = ['run000001', 'run000002'];
const place = fc.constantFrom(...places);
const run = fc.constantFrom(...runs);
const step = fc.oneof(
  fc.record({
    do: fc.constant('agent' as const),
    place,
    run,
    phase: fc.constantFrom('registering', 'live', 'leaving', 'expired'),
  }),
  fc.record({
    do: fc.constant('instance' as const),
    place,
    run,
    of: fc.constantFrom('web/1', 'db/1'),
  }),
  fc.record({ do: fc.constant('gone' as const), at: fc.nat(20) }),
  fc.record({ do: fc.constant('hold' as const), host: fc.constantFrom('h1', 'h2') }),
  fc.record({ do: fc.constant('broken' as const), at: fc.nat(20) }),
  fc.record({ do: fc.constant('snapshot' as const) }),
  fc.record({ do: fc.constant('observed' as const), observed: fc.boolean() }),
);

/** Whether the watch misses the change; a snapshot brings it. */
const unseen = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

test('rows that are kept between changes are those of the records, and each change is reported', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(step, unseen), { maxLength: 40, size: 'max' }), (steps) => {
      const fleet = new Fleet(leanInstances());
      const rows = new RowChanges(fleet);
      const there = new Map<string, KeyValueEntry>();
      /** The rows as a listener knows them from the reported changes. */
      const told = new Map<string, unknown>();
      let observed = true;
      let revision = 0;
      let isMissed = false;
      let isBehind = false;
      const report = () => {
        for (const { before, now } of rows.changes()) {
          const row = now ?? before;
          if (!row) throw new Error('an empty change');
          const { revision: _, since: __, term: ___, ...known } = row;
          if (now) told.set(keyOf(row), known);
          else told.delete(keyOf(row));
        }
      };
      const write = (entry: KeyValueEntry) => {
        if (entry.text === undefined) there.delete(entry.key);
        else there.set(entry.key, entry);
        isBehind ||= isMissed;
        if (isMissed) return;
        rows.beforeApplied([entry]);
        fleet.apply([entry], revision);
        report();
      };
      for (const [one, isUnseen] of steps) {
        revision += 1;
        isMissed = isUnseen;
        const at = 'at' in one ? [...there.keys()][one.at] : undefined;
        if (one.do === 'agent')
          write(
            agentEntry(revision, agentRecord(one.place, one.run, { phase: one.phase as 'live' })),
          );
        else if (one.do === 'instance')
          write(instanceEntry(revision, instanceRecord(one.place, one.run, one.of)));
        else if (one.do === 'hold') write({ ...holdEntry(one.host, { until: 9 }), revision });
        else if (one.do === 'gone' && at) write({ key: at, revision, text: undefined });
        else if (one.do === 'broken' && at) write({ key: at, revision, text: '{' });
        else if (one.do === 'observed') {
          observed = one.observed;
          rows.setObserved(observed);
          report();
        } else if (one.do === 'snapshot') {
          const next = new Fleet(leanInstances());
          next.apply([...there.values()], revision);
          rows.beforeReplaced(next);
          fleet.become(next);
          isBehind = false;
          report();
        }
        if (isBehind) continue;
        const expected = sorted(rowsOf([...there.values()], observed));
        const all = [...fleet.services()].flatMap((service) =>
          [...fleet.ofService(service)].map((instance) => rows.rowOf(instance)),
        );
        expect(sorted(all)).toEqual(expected);
        const known = expected.map(({ revision: _, since: __, term: ___, ...row }) => row);
        expect(sorted([...told.values()] as typeof known)).toEqual(known);
      }
    }),
    { numRuns: 300 },
  );
});
