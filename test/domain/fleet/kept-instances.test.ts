import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { KeptInstances, type Moment } from '../../../src/domain/fleet/kept-instances.ts';
import { minutes } from '../../../src/domain/time.ts';

const kinds = {
  live: { state: 'live' },
  silent: { state: 'dubious', reason: 'silent' },
  unreachable: { state: 'dubious', reason: 'unreachable' },
  planned: { state: 'dubious', reason: 'planned' },
  orphan: { state: 'dubious', reason: 'orphan' },
  unobserved: { state: 'dubious', reason: 'unobserved' },
  contested: { state: 'dubious', reason: 'contested' },
  'of an expired successor': { state: 'dubious', reason: 'superseded', successor: 'expired' },
  'not adopted': { state: 'dubious', reason: 'superseded', successor: 'live' },
  failing: { state: 'failing', health: { state: 'failing', detail: 'refused' } },
  draining: { state: 'draining', health: { state: 'draining', detail: null } },
  'silent, was failing': {
    ...{ state: 'dubious', reason: 'silent' },
    health: { state: 'failing', detail: 'refused' },
  },
} as const satisfies Record<string, Partial<InstanceRow>>;
type Kind = keyof typeof kinds;

const rowOf = (kind: Kind, id: string, more: Partial<InstanceRow> = {}): InstanceRow => ({
  ...{ service: 'web', id, host: `h${id}`, agent: 'a', run: `run${id}`, token: 1, term: 1 },
  ...{ reason: null, since: 0, address: null, port: null, labels: {}, revision: 1 },
  ...{ health: { state: 'serving', detail: null }, successor: null, ...kinds[kind], ...more },
});
const at = (monotonic: number, more: Partial<Moment> = {}): Moment => ({
  ...{ monotonic, wall: 1000 + monotonic, isCurrent: true, hasLeft: () => false, ...more },
});
const gone = (before: InstanceRow) => ({ before, now: undefined });
const ids = (rows: readonly InstanceRow[]) => rows.map(({ id }) => id).join(' ');

describe('an instance without a record', () => {
  test.each<[Kind, string, string]>([
    ['silent', '1', '1'],
    ['unreachable', '1', '1'],
    ['planned', '1', '1'],
    ['orphan', '1', '1'],
    ['of an expired successor', '1', '1'],
    ['live', '', '1'],
    ['unobserved', '', '1'],
    ['contested', '', ''],
    ['not adopted', '', ''],
    ['failing', '', ''],
    ['draining', '', ''],
    ['silent, was failing', '', ''],
  ])(
    'that was %s is kept by the rule, in a current view and after an interruption',
    (kind, current, interrupted) => {
      const kept = new KeptInstances(minutes(10));
      kept.take([gone(rowOf(kind, '1'))], at(0));
      expect(ids(kept.of('web', 1))).toBe(current);
      const cut = new KeptInstances(minutes(10));
      cut.take([gone(rowOf(kind, '1'))], at(0, { isCurrent: false }));
      expect(ids(cut.of('web', 1))).toBe(interrupted);
    },
  );

  test('is kept although one of the same id with a higher token was kept before it', () => {
    const kept = new KeptInstances(minutes(10));
    kept.take([gone(rowOf('silent', '1', { run: 'later', token: 2 }))], at(0));
    kept.take([gone(rowOf('silent', '1', { run: 'earlier' }))], at(minutes(9)));
    expect(kept.of('web', minutes(9))).toMatchObject([{ run: 'later' }]);
    // No consumer asks for it until its time is over.
    const unasked = new KeptInstances(minutes(10));
    unasked.take([gone(rowOf('silent', '1', { run: 'later', token: 2 }))], at(0));
    unasked.take([gone(rowOf('silent', '1', { run: 'earlier' }))], at(minutes(10)));
    expect(unasked.of('web', minutes(10))).toMatchObject([{ run: 'earlier' }]);
  });

  test('is kept for its whole time, also if one of the same id with a higher token was kept when it was removed', () => {
    const kept = new KeptInstances(minutes(10));
    kept.take([gone(rowOf('silent', '1', { run: 'later', token: 2 }))], at(0));
    kept.take([gone(rowOf('silent', '1', { run: 'earlier' }))], at(minutes(9)));
    expect(kept.of('web', minutes(11))).toMatchObject([{ run: 'earlier' }]);
    expect(kept.of('web', minutes(19))).toEqual([]);
  });

  test('is dubious, with its reason and the time since when it is kept', () => {
    const kept = new KeptInstances(minutes(10));
    kept.take([gone(rowOf('silent', '1'))], at(5));
    kept.take([gone(rowOf('live', '2'))], at(6, { isCurrent: false }));
    expect(kept.of('web', 7)).toMatchObject([
      { state: 'dubious', reason: 'silent', keptSince: 1005 },
      { state: 'dubious', reason: 'unobserved', keptSince: 1006 },
    ]);
  });

  test('is not kept if its run reported that it leaves', () => {
    const kept = new KeptInstances(minutes(10));
    kept.take([gone(rowOf('silent', '1'))], at(0, { hasLeft: () => true }));
    expect(kept.of('web', 1)).toEqual([]);
  });

  test('is kept with all that were removed before it, each for its own time', () => {
    const kept = new KeptInstances(100);
    kept.take([gone(rowOf('silent', '1'))], at(0));
    kept.take([gone(rowOf('silent', '2'))], at(60));
    expect(ids(kept.of('web', 99))).toBe('1 2');
    expect(ids(kept.of('web', 100))).toBe('2');
    expect(kept.of('web', 160)).toEqual([]);
    expect(kept.services()).toEqual([]);
  });

  test('is kept until anything of its service is registered', () => {
    const kept = new KeptInstances(minutes(10));
    kept.take([gone(rowOf('silent', '1')), gone(rowOf('silent', '3', { service: 'db' }))], at(0));
    kept.take([{ before: undefined, now: rowOf('live', '2') }], at(1));
    expect(kept.of('web', 2)).toEqual([]);
    expect(ids(kept.of('db', 2))).toBe('3');
  });

  test('is not kept if the time to keep instances is 0', () => {
    const kept = new KeptInstances(0);
    kept.take([gone(rowOf('silent', '1'))], at(0));
    expect(kept.of('web', 0)).toEqual([]);
  });

  test('is kept once, as its last registration, for any order of removals', () => {
    const removal = fc.record({
      kind: fc.constantFrom(...(Object.keys(kinds) as Kind[])),
      id: fc.constantFrom('1', '2'),
      token: fc.integer({ min: 1, max: 9 }),
      isCurrent: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(removal, { maxLength: 12 }), (removals) => {
        const kept = new KeptInstances(minutes(10));
        for (const [n, { kind, id, token, isCurrent }] of removals.entries())
          kept.take([gone(rowOf(kind, id, { token }))], at(n, { isCurrent }));
        const rows = kept.of('web', removals.length);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        for (const { id, token, health, state } of rows) {
          expect({ state, health: health.state }).toEqual({ state: 'dubious', health: 'serving' });
          const ofId = removals.filter((one) => one.id === id && isSilent(one.kind));
          expect(token).toBeGreaterThanOrEqual(Math.max(0, ...ofId.map((one) => one.token)));
        }
        for (const { id, kind } of removals)
          if (isSilent(kind)) expect(rows.map((row) => row.id)).toContain(id);
      }),
    );
  });
});

const isSilent = (kind: Kind): boolean => kind === 'silent' || kind === 'unreachable';
