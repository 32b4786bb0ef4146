import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transition } from '../../../../src/dashboard/history/query-types.ts';
import {
  countdown,
  formatDuration,
  timeLeft,
} from '../../../../src/dashboard/web/format/format-time.ts';
import { changedPaths } from '../../../../src/dashboard/web/format/record-diff.ts';
import {
  readWindow,
  ticks,
  writeWindow,
  zoom,
} from '../../../../src/dashboard/web/format/time-scale.ts';
import { isUtc } from '../../../../src/dashboard/web/format/time-zone.ts';
import { age } from '../../../../src/dashboard/web/model/data-age.ts';
import { runStatus, statusOf } from '../../../../src/dashboard/web/model/state-styles.ts';
import { readSubject, writeSubject } from '../../../../src/dashboard/web/model/subject.ts';
import type { Connection } from '../../../../src/dashboard/web/protocol/worker-messages.ts';
import { fold } from '../../../../src/dashboard/web/screens/entity/fold-repeats.ts';
import {
  activeIds,
  occupants,
} from '../../../../src/dashboard/web/screens/machines/chart-states.ts';
import { readRoute, screens, writeRoute } from '../../../../src/dashboard/web/state/route.ts';
import { anyName as name } from '../../../arbitrary/names.ts';

describe('the address of a page', () => {
  test('keeps its subject, whatever characters the names contain', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        for (const subject of [
          { kind: 'agent', host: one, agent: other },
          { kind: 'host', host: one },
          { kind: 'instance', service: one, id: other },
        ] as const) {
          const params = { sel: writeSubject(subject) };
          const route = { screen: 'fleet', at: 7, time: null, params } as const;
          const read = readRoute(writeRoute(route));
          expect(readSubject(read.params['sel'])).toEqual(subject);
        }
      }),
    );
  });

  test('keeps the route', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...screens),
        fc.option(fc.nat()),
        fc.string({ minLength: 1 }).filter((text) => text.isWellFormed()),
        (screen, at, f) => {
          const route = { screen, at, time: null, params: { f } };
          expect(readRoute(writeRoute(route))).toEqual(route);
        },
      ),
    );
  });

  test('keeps the time', () => {
    const route = { screen: 'gc', at: null, time: 1_795_949_232_123, params: {} } as const;
    expect(writeRoute(route)).toBe('#/gc?at=2026-11-29T10:47:12.123Z');
    expect(readRoute(writeRoute(route))).toEqual(route);
    expect(readRoute('#/gc?at=2026-11-29T12:47:12.123+02:00')).toEqual(route);
  });

  test.each(['', '#', '#/nowhere', '#/fleet?at=seq:x', '#/fleet?at=12', '#/fleet?at=seq:-1'])(
    'ignores the invalid parts in %j',
    (hash) => {
      expect(readRoute(hash)).toMatchObject({ screen: 'fleet', at: null });
    },
  );

  test.each(['', 'agent/h', 'agent', 'x/y/z', 'agent/%E0%A4%A/'])('%j selects nothing', (text) => {
    expect(readSubject(text)).toBeUndefined();
  });
});

describe('the status of an entity', () => {
  test.each([
    ['present.phase.live+present.sight.clear', 'live'],
    ['present.phase.registering+present.sight.clear', 'registering'],
    ['present.phase.leaving+present.sight.suspect', 'suspect'],
    ['expired', 'expired'],
    ['superseded', 'superseded'],
  ])('of a run in %s is %s', (state, status) => {
    expect(runStatus(state)).toBe(status);
  });

  test('of other entities is their innermost state', () => {
    expect(statusOf('collector', 'seated.watching')).toBe('watching');
    expect(statusOf('instance', 'serving')).toBe('serving');
  });

  test('counts an entity in its state and in all parent states', () => {
    expect([...activeIds('run', 'present.phase.live+present.sight.clear')].sort()).toEqual([
      'run',
      'run.present',
      'run.present.phase',
      'run.present.phase.live',
      'run.present.sight',
      'run.present.sight.clear',
    ]);
    expect(occupants('c', ['a.b', 'a.c'])).toEqual({ c: 2, 'c.a': 2, 'c.a.b': 1, 'c.a.c': 1 });
  });
});

describe('a time on the page', () => {
  test.each([
    [0, '0.0 s'],
    [940, '0.9 s'],
    [1000, '1 s'],
    [59_400, '59 s'],
    [60_000, '1 m'],
    [252_000, '4 m 12 s'],
    [3_900_000, '1 h 5 m'],
    [187_200_000, '2 d 4 h'],
    [-5, '0.0 s'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('is a dash in a countdown without a clock', () => {
    expect(timeLeft(10_000, null)).toBe('—');
    expect(timeLeft(10_000, 10_000)).toBe('due now');
    expect(timeLeft(10_000, 3000)).toBe('in 7 s');
  });

  test('has the clock time in the zone of the page beside it, with the day unless it is today', () => {
    isUtc.value = true;
    const today = Date.now();
    const clock = new Date(today).toISOString().slice(11, 19);
    expect(countdown(today, today - 7000)).toBe(`in 7 s, ${clock} UTC`);
    expect(countdown(today, null)).toBe(`—, ${clock} UTC`);
    expect(countdown(today, today)).toBe('due now');
    const before = Date.UTC(2026, 0, 2, 3, 4, 5);
    expect(countdown(before, before - 60_000)).toBe('in 1 m, 2 Jan 03:04:05 UTC');
    isUtc.value = false;
  });

  test('keeps its position when zooming, within the whole range', () => {
    const whole = { from: 0, to: 10_000 };
    expect(zoom(whole, whole, 2500, 0.5)).toEqual({ from: 1250, to: 6250 });
    expect(zoom({ from: 0, to: 1000 }, whole, 0, 100)).toEqual(whole);
    fc.assert(
      fc.property(fc.nat(9999), fc.double({ min: 0.1, max: 9, noNaN: true }), (at, by) => {
        const { from, to } = zoom({ from: 2000, to: 7000 }, whole, at, by);
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(10_000.001);
        expect(to - from).toBeGreaterThanOrEqual(199.999);
      }),
    );
  });

  test('range is read from its address, and an invalid one is the whole', () => {
    const whole = { from: 100, to: 900 };
    expect(readWindow(writeWindow({ from: 200, to: 300 }), whole)).toEqual({ from: 200, to: 300 });
    for (const text of [undefined, '', '5', '9-3', 'a-b'])
      expect(readWindow(text, whole)).toEqual(whole);
  });

  test('axis has round ticks, at most as many as requested', () => {
    const all = ticks({ from: 3, to: 61_003 }, 7);
    expect(all.length).toBeLessThanOrEqual(8);
    expect(all.every((at) => at % 10_000 === 0)).toBe(true);
  });
});

describe('a difference of documents', () => {
  test('lists only changed paths, each with its sign', () => {
    expect(
      changedPaths(
        { phase: 'live', since: 1, labels: { a: '1', b: '2' }, gone: true },
        { phase: 'live', since: 2, labels: { a: '1', c: '3' } },
      ).map(({ path, mark }) => [path, mark]),
    ).toEqual([
      ['gone', '−'],
      ['labels.b', '−'],
      ['labels.c', '+'],
      ['since', '~'],
    ]);
  });

  test('is empty for equal documents', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(changedPaths(value, value)).toEqual([]);
      }),
    );
  });

  test('lists all paths of an added or removed record', () => {
    expect(changedPaths(undefined, { a: 1 })).toMatchObject([{ path: 'a', mark: '+' }]);
    expect(changedPaths({ a: 1 }, null)).toMatchObject([{ path: 'a', mark: '−' }]);
  });
});

describe('a history', () => {
  const at = (seq: number, type: string, from: string, to: string, entity = 1): Transition => ({
    seq,
    at: seq,
    entity,
    type,
    from,
    to,
    chart: '',
    edges: [],
    note: {},
  });
  test('folds repeats into one row up to a change of state or entity', () => {
    const folded = fold([
      at(9, 'let-through', 'braked', 'braked'),
      at(8, 'let-through', 'braked', 'braked'),
      at(7, 'let-through', 'braked', 'braked', 2),
      at(6, 'suspected', 'live', 'suspect'),
      at(5, 'suspected', 'live', 'suspect'),
      at(4, 'regranted', 'live', 'live'),
      at(3, 'regranted', 'suspect', 'live'),
    ]);
    expect(folded.map(({ all }) => all.map(({ seq }) => seq))).toEqual([
      [9, 8],
      [7],
      [6],
      [5],
      [4],
      [3],
    ]);
  });
});

describe('the age of the data', () => {
  const hello = { mode: 'live' } as Connection['hello'];
  const link = (more: Partial<Connection>): Connection => ({
    state: 'live',
    hello,
    mark: null,
    markAt: 1000,
    brokenSince: null,
    attempt: 0,
    retryAt: null,
    why: null,
    skew: 0,
    ...more,
  });
  test('is shown in every state of the connection', () => {
    const say = (one: Connection | null, past: string | null = null) =>
      age(one, 3000, { past }).text;
    expect(say(null)).toBe('connecting …');
    expect(say(link({}))).toBe('live · 2 s');
    expect(say(link({}), '03:14:40')).toBe('past · 03:14:40');
    expect(say(link({ state: 'broken' }))).toBe('stale · 2 s old');
    expect(say(link({ state: 'broken' }), '03:14:40')).toBe('stale · 2 s old');
    expect(say(link({ state: 'broken', markAt: 0 }))).toBe('no connection');
    const at = { head: 1, headAt: 1, now: 1, storeAwaySince: 1000 };
    const mark = { ...at, outages: [], seats: null, seatSeen: {} };
    expect(say(link({ mark }))).toBe('NATS away 2 s');
  });
});
