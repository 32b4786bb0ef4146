import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import {
  type PickPolicy,
  pickOne,
  pickPolicies,
  selectUsable,
} from '../../../src/domain/fleet/pick.ts';

type Kind = keyof typeof kinds;
const kinds = {
  live: { state: 'live' },
  silent: { state: 'dubious', reason: 'silent' },
  unreachable: { state: 'dubious', reason: 'unreachable' },
  planned: { state: 'dubious', reason: 'planned' },
  unobserved: { state: 'dubious', reason: 'unobserved' },
  orphan: { state: 'dubious', reason: 'orphan' },
  superseded: { state: 'dubious', reason: 'superseded', successor: 'expired' },
  'not adopted yet': { state: 'dubious', reason: 'superseded', successor: 'registering' },
  'not adopted': { state: 'dubious', reason: 'superseded', successor: 'live' },
  contested: { state: 'dubious', reason: 'contested' },
  failing: { state: 'failing', health: { state: 'failing', detail: 'refused' } },
  draining: { state: 'draining', health: { state: 'draining', detail: null } },
  'silent, was failing': {
    ...{ state: 'dubious', reason: 'silent' },
    health: { state: 'failing', detail: 'refused' },
  },
  'silent, was draining': {
    ...{ state: 'dubious', reason: 'silent' },
    health: { state: 'draining', detail: null },
  },
} as const satisfies Record<string, Partial<InstanceRow>>;

/** A row as the join makes it, on a host of its own unless one is given. */
function rowOf(kind: Kind, n: number, more: Partial<InstanceRow> = {}): InstanceRow {
  const where = { service: 'web', id: `${n}`, host: `h${n}`, agent: 'a', run: `run${n}` };
  const rest = { address: null, port: null, labels: {}, since: 0, revision: n };
  const well = { state: 'serving', detail: null } as const;
  return {
    ...where,
    ...rest,
    token: n,
    term: 1,
    reason: null,
    successor: null,
    health: well,
    ...kinds[kind],
    ...more,
  };
}

const rowsOf = (...all: readonly Kind[]) => all.map((kind, n) => rowOf(kind, n + 1));
const ids = (rows: readonly InstanceRow[]) => rows.map(({ id }) => id).join(' ');

describe('the selection for a consumer', () => {
  test.each<[string, Kind[], Record<PickPolicy, string>]>([
    ['is empty without instances', [], { strict: '', 'prefer-live': '', any: '' }],
    [
      'has all live instances',
      ['live', 'live'],
      { strict: '1 2', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'has only the live ones when one in three is silent',
      ['silent', 'live', 'live'],
      { strict: '2 3', 'prefer-live': '2 3', any: '2 3 1' },
    ],
    [
      'has only the live ones when half are silent',
      ['silent', 'live'],
      { strict: '2', 'prefer-live': '2', any: '2 1' },
    ],
    [
      'has the dubious ones after the live ones when more than half are silent',
      ['silent', 'unreachable', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'has the silent ones when all are silent, unless strict',
      ['silent', 'silent'],
      { strict: '', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'has the unobserved ones when no collector has a seat, unless strict',
      ['unobserved', 'unobserved'],
      { strict: '', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'treats a planned silence as a silence',
      ['planned', 'planned', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'counts failing ones in the half but does not pick them for it',
      ['failing', 'failing', 'live', 'silent'],
      { strict: '3', 'prefer-live': '3 4', any: '3 4 1 2' },
    ],
    ['has failing ones only for any', ['failing'], { strict: '', 'prefer-live': '', any: '1' }],
    [
      'treats an instance that failed before it fell silent as failing',
      ['silent, was failing', 'silent'],
      { strict: '', 'prefer-live': '2', any: '2 1' },
    ],
    [
      'leaves out a draining one when others exist, and does not count it in the half',
      ['draining', 'draining', 'silent', 'live'],
      { strict: '4', 'prefer-live': '4', any: '4 3' },
    ],
    [
      'has a draining one only for any and only without others',
      ['draining', 'silent, was draining'],
      { strict: '', 'prefer-live': '', any: '1 2' },
    ],
    [
      'has instances that a restarted agent has not adopted yet',
      ['not adopted yet', 'not adopted yet', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'has instances that a restarted agent did not adopt before it expired',
      ['superseded', 'superseded', 'silent'],
      { strict: '', 'prefer-live': '1 2 3', any: '1 2 3' },
    ],
    [
      'has no instance that a restarted agent has not adopted when it is announced',
      ['not adopted', 'not adopted', 'live'],
      { strict: '3', 'prefer-live': '3', any: '3' },
    ],
    [
      'has instances without an agent record',
      ['orphan'],
      { strict: '', 'prefer-live': '1', any: '1' },
    ],
  ])('%s', (_, all, expected) => {
    for (const policy of pickPolicies) {
      expect([policy, ids(selectUsable(rowsOf(...all), policy))]).toEqual([
        policy,
        expected[policy],
      ]);
    }
  });

  test('treats each service separately', () => {
    const rows = [
      rowOf('silent', 1),
      rowOf('live', 2, { service: 'db' }),
      rowOf('live', 3, { service: 'db' }),
    ];
    expect(ids(selectUsable(rows, 'prefer-live'))).toBe('1 2 3');
  });

  test('allows two services to use one id', () => {
    const rows = [rowOf('live', 1), rowOf('live', 1, { service: 'db' })];
    expect(selectUsable(rows, 'strict')).toHaveLength(2);
  });
});

describe('the selection among several registrations of one service/id (G11)', () => {
  const same = { id: 'w' };

  test.each<[string, InstanceRow[], string]>([
    [
      'has the winner, not the contested one',
      [rowOf('live', 2, same), rowOf('contested', 1, same)],
      'h2',
    ],
    [
      'has the live one, not a later one whose silent owner is expired',
      [rowOf('silent', 2, same), rowOf('live', 1, same)],
      'h1',
    ],
    [
      'has the live one, not a silent one on an earlier host',
      [rowOf('silent', 1, same), rowOf('live', 2, same)],
      'h2',
    ],
    [
      'has the later of two silent ones',
      [rowOf('silent', 1, same), rowOf('silent', 2, same)],
      'h2',
    ],
    [
      'has a silent one, which may come back, not a later superseded one, which cannot',
      [rowOf('superseded', 2, same), rowOf('silent', 1, same)],
      'h1',
    ],
    [
      'has the one that a restarted agent may still adopt, not an earlier silent one',
      [rowOf('not adopted yet', 2, same), rowOf('silent', 1, same)],
      'h2',
    ],
    [
      'has the later of two whose owners are over',
      [rowOf('orphan', 1, same), rowOf('superseded', 2, same)],
      'h2',
    ],
  ])('%s', (_, rows, host) => {
    for (const all of [rows, rows.toReversed()]) {
      expect(selectUsable(all, 'any').map((row) => row.host)).toEqual([host]);
    }
  });
});

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

const silence = { state: 'dubious', reason: 'silent' } as const;
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
