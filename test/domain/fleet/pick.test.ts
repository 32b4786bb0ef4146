import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import {
  type PickPolicy,
  pickPolicies,
  pickRandom,
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
  superseded: { state: 'dubious', reason: 'superseded' },
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

/** A row as the join makes it; each on a host of its own unless told otherwise. */
function rowOf(kind: Kind, n: number, more: Partial<InstanceRow> = {}): InstanceRow {
  const where = { service: 'web', id: `${n}`, host: `h${n}`, agent: 'a', run: `run${n}` };
  const place = { address: null, port: null, labels: {}, since: 0, revision: n };
  const well = { state: 'serving', detail: null } as const;
  return {
    ...where,
    ...place,
    token: n,
    term: 1,
    reason: null,
    health: well,
    ...kinds[kind],
    ...more,
  };
}

const rowsOf = (...all: readonly Kind[]) => all.map((kind, n) => rowOf(kind, n + 1));
const ids = (rows: readonly InstanceRow[]) => rows.map(({ id }) => id).join(' ');

describe('what a consumer is handed', () => {
  test.each<[string, Kind[], Record<PickPolicy, string>]>([
    ['nothing of nothing', [], { strict: '', 'prefer-live': '', any: '' }],
    ['all live', ['live', 'live'], { strict: '1 2', 'prefer-live': '1 2', any: '1 2' }],
    [
      'one in three silent: the live ones carry it',
      ['silent', 'live', 'live'],
      { strict: '2 3', 'prefer-live': '2 3', any: '2 3 1' },
    ],
    [
      'half of them silent: still the live ones',
      ['silent', 'live'],
      { strict: '2', 'prefer-live': '2', any: '2 1' },
    ],
    [
      'more than half silent: the dubious too, behind the live',
      ['silent', 'unreachable', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    ['all silent', ['silent', 'silent'], { strict: '', 'prefer-live': '1 2', any: '1 2' }],
    [
      'nobody watches',
      ['unobserved', 'unobserved'],
      { strict: '', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'a planned silence is a silence',
      ['planned', 'planned', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'failing ones count in the half, and are not picked for it',
      ['failing', 'failing', 'live', 'silent'],
      { strict: '3', 'prefer-live': '3 4', any: '3 4 1 2' },
    ],
    ['all failing', ['failing'], { strict: '', 'prefer-live': '', any: '1' }],
    [
      'what failed before it fell silent has failed',
      ['silent, was failing', 'silent'],
      { strict: '', 'prefer-live': '2', any: '2 1' },
    ],
    [
      'a draining one is nobody beside others, and not counted in the half',
      ['draining', 'draining', 'silent', 'live'],
      { strict: '4', 'prefer-live': '4', any: '4 3' },
    ],
    [
      'a draining one is picked where there is nothing else and anything goes',
      ['draining', 'silent, was draining'],
      { strict: '', 'prefer-live': '', any: '1 2' },
    ],
    [
      'what an agent that has just restarted did not adopt yet',
      ['superseded', 'superseded'],
      { strict: '', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'what stands without a record of its agent',
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

  test('each service stands for itself', () => {
    const rows = [
      rowOf('silent', 1),
      rowOf('live', 2, { service: 'db' }),
      rowOf('live', 3, { service: 'db' }),
    ];
    expect(ids(selectUsable(rows, 'prefer-live'))).toBe('1 2 3');
  });

  test('two services may use one id', () => {
    const rows = [rowOf('live', 1), rowOf('live', 1, { service: 'db' })];
    expect(selectUsable(rows, 'strict')).toHaveLength(2);
  });
});

describe('of one service/id one is handed out (G11)', () => {
  const same = { id: 'w' };

  test.each<[string, InstanceRow[], string]>([
    [
      'the winner, not whom it contests',
      [rowOf('live', 2, same), rowOf('contested', 1, same)],
      'h2',
    ],
    [
      'the live one, not the later one whose owner fell silent and is expired',
      [rowOf('silent', 2, same), rowOf('live', 1, same)],
      'h1',
    ],
    [
      'the live one, not what an earlier host of it left silent',
      [rowOf('silent', 1, same), rowOf('live', 2, same)],
      'h2',
    ],
    ['of two silent ones the later', [rowOf('silent', 1, same), rowOf('silent', 2, same)], 'h2'],
    [
      'a silent one, which may come back, not a superseded later one, which cannot',
      [rowOf('superseded', 2, same), rowOf('silent', 1, same)],
      'h1',
    ],
    [
      'of two that are over the later',
      [rowOf('orphan', 1, same), rowOf('superseded', 2, same)],
      'h2',
    ],
  ])('%s', (_, rows, host) => {
    for (const all of [rows, rows.toReversed()]) {
      expect(selectUsable(all, 'any').map((row) => row.host)).toEqual([host]);
    }
  });

  test('the set of a restarted agent, not what its old run left beside it', () => {
    const slot = { host: 'h1', agent: 'a' };
    const old = [rowOf('superseded', 1, slot), rowOf('superseded', 2, slot)];
    const renewed = rowOf('silent', 3, slot);
    expect(ids(selectUsable([...old, renewed], 'any'))).toBe('3');
    expect(ids(selectUsable([...old, rowOf('silent', 4)], 'any'))).toBe('1 2 4');
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
/** Who counts of several of one name depends on more than rows: pick-joined.test.ts has it. */
const oneOfEach = anyRows.map((rows) => [
  ...new Map(rows.map((row) => [`${row.service}/${row.id}`, row])).values(),
]);
const anyPolicy = fc.constantFrom(...pickPolicies);

const silence = { state: 'dubious', reason: 'silent' } as const;
const isHandedOut = (rows: readonly InstanceRow[], service: string, policy: PickPolicy) =>
  selectUsable(rows, policy).some((row) => row.service === service);

describe('whatever stands', () => {
  test('no service/id is handed out twice, and nothing contested', () => {
    fc.assert(
      fc.property(anyRows, anyPolicy, (rows, policy) => {
        const picked = selectUsable(rows, policy);
        const names = picked.map(({ service, id }) => `${service}/${id}`);
        expect(new Set(names).size).toBe(names.length);
        expect(picked.filter(({ reason }) => reason === 'contested')).toEqual([]);
      }),
    );
  });

  test('a stricter policy hands out nothing that a laxer one does not', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const [strict, preferLive, any] = pickPolicies.map((policy) => selectUsable(rows, policy));
        expect(preferLive).toEqual(expect.arrayContaining([...(strict ?? [])]));
        expect(any).toEqual(expect.arrayContaining([...(preferLive ?? [])]));
        expect(rows).toEqual(expect.arrayContaining([...(any ?? [])]));
      }),
    );
  });

  test('no silence empties a service, unless for strict (G9)', () => {
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

  test('a draining one comes alone with its like, and only where anything goes', () => {
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

  test('the order in which a view holds them changes nothing but the order', () => {
    fc.assert(
      fc.property(anyRows, anyPolicy, (rows, policy) => {
        const sorted = (all: readonly InstanceRow[]) =>
          selectUsable(all, policy).toSorted((a, b) => a.token - b.token);
        expect(sorted(rows.toReversed())).toEqual(sorted(rows));
      }),
    );
  });

  test('one is picked wherever there is one, each for the same share of fractions', () => {
    const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(anyRows, anyPolicy, fraction, (rows, policy, at) => {
        const among = selectUsable(rows, policy);
        const picked = pickRandom(rows, policy, at);
        if (among.length === 0) expect(picked).toBeUndefined();
        else expect(among).toContain(picked);
        const each = among.map((_, n) => pickRandom(rows, policy, (n + 0.5) / among.length));
        expect(each).toEqual(among);
      }),
    );
  });
});
