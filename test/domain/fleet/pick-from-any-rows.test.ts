import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import {
  type PickPolicy,
  pickOne,
  pickPolicies,
  selectUsable,
} from '../../../src/domain/fleet/pick.ts';
import { type Kind, kinds, rowOf, silence } from './sample-rows.ts';

const anyKind = fc.constantFrom(...(Object.keys(kinds) as Kind[]));
const anyRows = fc
  .array(
    fc.record({
      kind: anyKind,
      service: fc.constantFrom('web', 'db'),
      id: fc.constantFrom('1', '2', '3', '4', '5'),
      host: fc.constantFrom('h1', 'h2', 'h3'),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map(({ kind, ...where }, n) => rowOf(kind, n + 1, where)));
/** The choice among several registrations of one name needs records: pick-directory-rows.test.ts tests it. */
const oneOfEach = anyRows.map((rows) => [
  ...new Map(rows.map((row) => [`${row.service}/${row.id}`, row])).values(),
]);
const anyPolicy = fc.constantFrom(...pickPolicies);

const isHandedOut = (rows: readonly InstanceRow[], service: string, policy: PickPolicy) =>
  selectUsable(rows, policy).some((row) => row.service === service);

describe('a selection from any rows', () => {
  test('has no service/id twice and nothing contested', () => {
    fc.assert(
      fc.property(anyRows, anyPolicy, (rows, policy) => {
        const picked = selectUsable(rows, policy);
        const names = picked.map(({ service, id }) => `${service}/${id}`);
        expect(new Set(names).size).toBe(names.length);
        expect(picked.filter(({ reason }) => reason === 'contested')).toEqual([]);
      }),
    );
  });

  test('has nothing under a stricter policy that a laxer policy leaves out', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const [strict, preferLive, any] = pickPolicies.map((policy) => selectUsable(rows, policy));
        expect(preferLive).toEqual(expect.arrayContaining([...(strict ?? [])]));
        expect(any).toEqual(expect.arrayContaining([...(preferLive ?? [])]));
        expect(rows).toEqual(expect.arrayContaining([...(any ?? [])]));
      }),
    );
  });

  test('is not empty because of silence, unless strict (G9)', () => {
    const hosts = fc.subarray(['h1', 'h2', 'h3']);
    fc.assert(
      fc.property(oneOfEach, hosts, fc.constantFrom('prefer-live', 'any'), (rows, gone, policy) => {
        const later = rows.map((row) =>
          gone.includes(row.host) && row.reason === null ? { ...row, ...silence } : row,
        );
        for (const service of ['web', 'db']) {
          if (isHandedOut(rows, service, policy)) {
            expect(isHandedOut(later, service, policy)).toBe(true);
          }
        }
      }),
    );
  });

  test('has a draining instance only together with other draining ones, and only for any', () => {
    fc.assert(
      fc.property(anyRows, anyPolicy, (rows, policy) => {
        for (const [, picked] of Map.groupBy(
          selectUsable(rows, policy),
          ({ service }) => service,
        )) {
          const draining = picked.filter(({ health }) => health.state === 'draining').length;
          expect([0, policy === 'any' ? picked.length : 0]).toContain(draining);
        }
      }),
    );
  });

  test('has the same instances for any order of the rows', () => {
    fc.assert(
      fc.property(anyRows, anyPolicy, (rows, policy) => {
        const sorted = (all: readonly InstanceRow[]) =>
          selectUsable(all, policy).toSorted((a, b) => a.token - b.token);
        expect(sorted(rows.toReversed())).toEqual(sorted(rows));
      }),
    );
  });

  test('gives each of its instances the same share of picks', () => {
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(anyRows, anyPolicy, fraction, (rows, policy, at) => {
        const among = selectUsable(rows, policy);
        const picked = pickOne(selectUsable(rows, policy), at);
        if (among.length === 0) expect(picked).toBeUndefined();
        else expect(among).toContain(picked);
        const each = among.map((_, n) =>
          pickOne(selectUsable(rows, policy), (n + 0.5) / among.length),
        );
        expect(each).toEqual(among);
      }),
    );
  });
});
