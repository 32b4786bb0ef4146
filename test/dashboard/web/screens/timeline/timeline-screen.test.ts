import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Lane, When } from '../../../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../../../src/dashboard/history/transition-log.ts';
import { pan, zoom } from '../../../../../src/dashboard/web/format/time-scale.ts';
import {
  shareText,
  stateIntervals,
} from '../../../../../src/dashboard/web/screens/entity/state-timeline.ts';
import { arrowsOf } from '../../../../../src/dashboard/web/screens/timeline/cause-arrows.ts';
import {
  busyLanes,
  laneKey,
} from '../../../../../src/dashboard/web/screens/timeline/lane-model.ts';
import { barsOf } from '../../../../../src/dashboard/web/widgets/state-bars.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
} from '../../../../../src/domain/identity/names.ts';
import { type Happening, pageOf } from '../../../support/sample-histories.ts';

const slot = { host: HostId.parse('web-1'), agent: AgentName.parse('web') };
const run = { entity: 'run', ...slot, run: RunId.parse('run000001') } as const;
const other = { entity: 'run', ...slot, run: RunId.parse('run000002') } as const;
const instance = {
  ...run,
  entity: 'instance',
  service: ServiceName.parse('shop'),
  id: InstanceId.parse('w1'),
} as const;

const whole = { from: 0, to: 10_000 };

describe('a state timeline', () => {
  const bar = (from: number, to: number, status: string) => ({ from, to, status });
  const window = { from: 0, to: 100 };

  test('has a state for every moment, or not present', () => {
    expect(stateIntervals([bar(10, 40, 'live'), bar(40, 60, 'suspect')], window)).toEqual([
      bar(0, 10, 'not present'),
      bar(10, 40, 'live'),
      bar(40, 60, 'suspect'),
      bar(60, 100, 'not present'),
    ]);
    expect(stateIntervals([], window)).toEqual([bar(0, 100, 'not present')]);
  });

  test('shows the most serious of several states and merges equal neighbours', () => {
    const some = [bar(0, 100, 'live'), bar(20, 30, 'suspect'), bar(25, 40, 'expired')];
    expect(stateIntervals(some, window).map(({ from, status }) => [from, status])).toEqual([
      [0, 'live'],
      [20, 'suspect'],
      [25, 'expired'],
      [40, 'live'],
    ]);
    expect(stateIntervals([bar(0, 50, 'live'), bar(50, 100, 'live')], window)).toHaveLength(1);
  });

  test('is unknown before the first known transition', () => {
    expect(stateIntervals([bar(0, 100, 'live')], window, 30)).toEqual([
      bar(0, 30, 'unknown'),
      bar(30, 100, 'live'),
    ]);
  });

  test('covers the whole range in order, without equal neighbours', () => {
    const any = fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 60 }), fc.constantFrom('live', 'x'));
    fc.assert(
      fc.property(fc.array(any), fc.nat(120), (all, known) => {
        const ribbon = stateIntervals(
          all.map(([from, length, status]) => bar(from, from + length, status)),
          window,
          known,
        );
        expect([ribbon[0]?.from, ribbon.at(-1)?.to]).toEqual([0, 100]);
        for (const [n, one] of ribbon.entries()) {
          expect(one.to).toBeGreaterThan(one.from);
          expect(one.from).toBe(n === 0 ? 0 : ribbon[n - 1]?.to);
          expect(one.status).not.toBe(ribbon[n - 1]?.status);
        }
      }),
    );
  });

  test('shows duration and share as text, and never rounds to all or nothing', () => {
    const long = { from: 0, to: 10_000_000 };
    const some = [bar(0, 9_999_000, 'live'), bar(9_999_000, 10_000_000, 'suspect')];
    expect(shareText(stateIntervals(some, long))).toEqual([
      ['live', '> 99 %, 2 h 46 m'],
      ['suspect', '< 1 %, 1 s'],
    ]);
  });

  test('does not count the time before it first existed in its shares', () => {
    expect(
      shareText(stateIntervals([bar(50, 90, 'live')], window)).map(([name, text]) => [
        name,
        text.split(',')[0],
      ]),
    ).toEqual([
      ['live', '80 %'],
      ['not present', '20 %'],
    ]);
    expect(shareText(stateIntervals([], window))).toHaveLength(1);
  });
});

describe('a time range', () => {
  test.each([
    ['zooms in around the pointer', { from: 0, to: 8000 }, 2000, 0.5, [1000, 5000]],
    ['zooms out no further than the beginning', { from: 0, to: 4000 }, 1000, 2, [0, 8000]],
    ['zooms out no further than the end', { from: 6000, to: 9000 }, 6000, 2, [4000, 10_000]],
    ['is never shorter than the minimum', { from: 0, to: 300 }, 0, 0.1, [0, 200]],
    ['is never longer than the history', { from: 0, to: 9000 }, 0, 9, [0, 10_000]],
  ] as const)('%s', (_, window, around, factor, [from, to]) => {
    expect(zoom(window, whole, around, factor)).toEqual({ from, to });
  });

  test.each([
    ['later', 0.5, [3000, 5000]],
    ['earlier', -0.5, [1000, 3000]],
    ['not beyond the end', 9, [8000, 10_000]],
    ['not beyond the beginning', -9, [0, 2000]],
  ] as const)('pans %s', (_, part, [from, to]) => {
    expect(pan({ from: 2000, to: 4000 }, whole, part)).toEqual({ from, to });
  });
});

describe('the cause arrows', () => {
  const on = { x: 100, y: 30 };

  test('lead from the cause to the change and from the change to its effects', () => {
    const [to, away] = arrowsOf(on, [{ x: 20, y: 10 }], [{ x: 180, y: 50 }], 200);
    expect(to).toMatchObject({ kind: 'cause', path: expect.stringMatching(/^M20 10C.* 100 30$/) });
    expect(away).toMatchObject({
      kind: 'effect',
      path: expect.stringMatching(/^M100 30C.* 180 50$/),
    });
  });

  test('end at the border of the range and are left out without a lane', () => {
    const [to] = arrowsOf(on, [{ x: -500, y: 10 }], [{ x: 10, y: undefined }], 200);
    expect(to?.path).toMatch(/^M0 10C/);
    expect(arrowsOf(on, [], [{ x: 10, y: undefined }], 200)).toEqual([]);
  });

  test('are merged if equal, and limited in number', () => {
    const same = Array.from({ length: 9 }, () => ({ x: 150, y: 50 }));
    expect(arrowsOf(on, [], same, 200)).toHaveLength(1);
    const many = Array.from({ length: 99 }, (_, n) => ({ x: 150, y: 50 + n }));
    expect(arrowsOf(on, [], many, 200)).toHaveLength(40);
  });

  test('are arcs within a lane', () => {
    const [bow] = arrowsOf(on, [], [{ x: 100, y: 30 }], 200);
    expect(bow?.path).toBe('M100 26C94 14 106 14 100 25');
  });
});

test('an entity without a lane belongs to the lane of its agent or host', () => {
  expect(laneKey('agent', instance)).toBe(laneKey('agent', run));
  expect(laneKey('host', instance)).toBe(laneKey('host', run));
  expect(laneKey('entity', instance)).not.toBe(laneKey('entity', run));
});

test('lanes with the most problems come first, then by name, and lanes without changes last or not at all', () => {
  const lanes = ['a', 'b', 'c', 'd'].map((name, n) => ({
    ...{ key: name, name, kind: 'run', entities: [2 * n, 2 * n + 1] },
  }));
  const changed = [
    [0, 0],
    [2, 0],
    [4, 1],
    [5, 2],
  ] as const;
  const namesOf = (all: boolean) => busyLanes(lanes, changed, all).map(({ name }) => name);
  expect(namesOf(false)).toEqual(['c', 'a', 'b']);
  expect(namesOf(true)).toEqual(['c', 'a', 'b', 'd']);
});

describe('the timeline queries', () => {
  const at = (seq: number, entity: Happening['entity'], to: string): Happening => ({
    seq,
    at: seq * 10,
    entity,
    type: to === 'expired' ? to : 'x',
    to,
    edges: [],
    note: undefined,
  });
  const history = [
    at(1, run, 'live'),
    at(2, other, 'live'),
    ...Array.from({ length: 500 }, (_, n) => at(n + 3, run, n % 2 ? 'live' : 'expired')),
  ];
  const log = new TransitionLog();
  log.append(pageOf(history, 1, 502));
  const lane = (from: number, to: number) =>
    (runQuery(log, { ask: 'lanes', entities: [0], from, to }) as Lane[])[0];

  test('return only the last 400 changes of a lane and draw nothing before them', () => {
    const told = lane(0, 9999);
    expect(told?.steps).toHaveLength(400);
    expect(told?.steps[0]?.[0]).toBe(1030);
    expect(told?.cut).toBe(1020);
    if (!told) return;
    const { bars } = barsOf('run', told, { from: 0, to: 9999 });
    expect(Math.min(...bars.map(({ from }) => from))).toBe(1020);
  });

  test('return all changes of a short lane in order', () => {
    const told = lane(5000, 5020);
    expect(told?.steps.map(([, , , seq]) => seq)).toEqual([500, 501, 502]);
    expect([told?.cut, told?.start]).toEqual([null, 'expired']);
  });

  test.each([
    [0, 15, [[0, 0]]],
    [15, 20, [[1, 0]]],
    [20, 29, [[1, 0]]],
    [30, 40, [[0, 1]]],
    [
      0,
      9999,
      [
        [0, 250],
        [1, 0],
      ],
    ],
    [5021, 9999, []],
  ])(
    'return the entities that changed between %i and %i, with their problems',
    (from, to, moved) => {
      expect(runQuery(log, { ask: 'stirred', from, to })).toEqual(moved);
    },
  );

  test('return the time of a sequence and the number of changes between two', () => {
    const [a, b] = runQuery(log, { ask: 'when', seqs: [2, 102] }) as When[];
    expect([a?.at, b?.at, (b?.upTo ?? 0) - (a?.upTo ?? 0)]).toEqual([20, 1020, 100]);
  });
});
