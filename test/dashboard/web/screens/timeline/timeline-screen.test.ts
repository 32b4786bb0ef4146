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
import { countChanges } from '../../../../../src/dashboard/web/screens/timeline/fleet-diff-summary.ts';
import { laneKey } from '../../../../../src/dashboard/web/screens/timeline/lane-model.ts';
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

describe('a ribbon', () => {
  const bar = (from: number, to: number, status: string) => ({ from, to, status });
  const window = { from: 0, to: 100 };

  test('has a state for every moment, and says where it was not there', () => {
    expect(stateIntervals([bar(10, 40, 'live'), bar(40, 60, 'suspect')], window)).toEqual([
      bar(0, 10, 'not present'),
      bar(10, 40, 'live'),
      bar(40, 60, 'suspect'),
      bar(60, 100, 'not present'),
    ]);
    expect(stateIntervals([], window)).toEqual([bar(0, 100, 'not present')]);
  });

  test('of several at one moment shows the one that needs eyes most; what goes on is one', () => {
    const some = [bar(0, 100, 'live'), bar(20, 30, 'suspect'), bar(25, 40, 'expired')];
    expect(stateIntervals(some, window).map(({ from, status }) => [from, status])).toEqual([
      [0, 'live'],
      [20, 'suspect'],
      [25, 'expired'],
      [40, 'live'],
    ]);
    expect(stateIntervals([bar(0, 50, 'live'), bar(50, 100, 'live')], window)).toHaveLength(1);
  });

  test('before what is known says so', () => {
    expect(stateIntervals([bar(0, 100, 'live')], window, 30)).toEqual([
      bar(0, 30, 'unknown'),
      bar(30, 100, 'live'),
    ]);
  });

  test('whatever stood when: it is whole, in order, and no two neighbours are alike', () => {
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

  test('in words: how long, and which part; a moment of silence is not nothing', () => {
    const long = { from: 0, to: 10_000_000 };
    const some = [bar(0, 9_999_000, 'live'), bar(9_999_000, 10_000_000, 'suspect')];
    expect(shareText(stateIntervals(some, long))).toEqual([
      ['live', '> 99 %, 2 h 46 m'],
      ['suspect', '< 1 %, 1 s'],
    ]);
  });
});

describe('a stretch of time', () => {
  test.each([
    ['closer: what is under the pointer stays', { from: 0, to: 8000 }, 2000, 0.5, [1000, 5000]],
    ['further, and not beyond the beginning', { from: 0, to: 4000 }, 1000, 2, [0, 8000]],
    ['further, and not beyond the end', { from: 6000, to: 9000 }, 6000, 2, [4000, 10_000]],
    ['never shorter than one can see', { from: 0, to: 300 }, 0, 0.1, [0, 200]],
    ['never longer than all of it', { from: 0, to: 9000 }, 0, 9, [0, 10_000]],
  ] as const)('%s', (_, window, around, factor, [from, to]) => {
    expect(zoom(window, whole, around, factor)).toEqual({ from, to });
  });

  test.each([
    ['later', 0.5, [3000, 5000]],
    ['earlier', -0.5, [1000, 3000]],
    ['not beyond the end', 9, [8000, 10_000]],
    ['not beyond the beginning', -9, [0, 2000]],
  ] as const)('goes along: %s', (_, part, [from, to]) => {
    expect(pan({ from: 2000, to: 4000 }, whole, part)).toEqual({ from, to });
  });
});

describe('arrows', () => {
  const on = { x: 100, y: 30 };

  test('lead from the cause to the change, and from it to what it led to', () => {
    const [to, away] = arrowsOf(on, [{ x: 20, y: 10 }], [{ x: 180, y: 50 }], 200);
    expect(to).toMatchObject({ kind: 'cause', path: expect.stringMatching(/^M20 10C.* 100 30$/) });
    expect(away).toMatchObject({
      kind: 'effect',
      path: expect.stringMatching(/^M100 30C.* 180 50$/),
    });
  });

  test('end at the border where the other end lies outside, and are not drawn without a lane', () => {
    const [to] = arrowsOf(on, [{ x: -500, y: 10 }], [{ x: 10, y: undefined }], 200);
    expect(to?.path).toMatch(/^M0 10C/);
    expect(arrowsOf(on, [], [{ x: 10, y: undefined }], 200)).toEqual([]);
  });

  test('to the same spot are one, and never more than one can see', () => {
    const same = Array.from({ length: 9 }, () => ({ x: 150, y: 50 }));
    expect(arrowsOf(on, [], same, 200)).toHaveLength(1);
    const many = Array.from({ length: 99 }, (_, n) => ({ x: 150, y: 50 + n }));
    expect(arrowsOf(on, [], many, 200)).toHaveLength(40);
  });

  test('within a lane are a bow over it', () => {
    const [bow] = arrowsOf(on, [], [{ x: 100, y: 30 }], 200);
    expect(bow?.path).toBe('M100 26C94 14 106 14 100 25');
  });
});

test('what has no lane of its own is in that of its agent, or its host', () => {
  expect(laneKey('agent', instance)).toBe(laneKey('agent', run));
  expect(laneKey('host', instance)).toBe(laneKey('host', run));
  expect(laneKey('entity', instance)).not.toBe(laneKey('entity', run));
});

describe('what a lane is drawn from', () => {
  const at = (seq: number, entity: Happening['entity'], to: string): Happening => ({
    seq,
    at: seq * 10,
    entity,
    type: 'x',
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

  test('only the last changes of many are told, from when on, and nothing is drawn before', () => {
    const told = lane(0, 9999);
    expect(told?.steps).toHaveLength(400);
    expect(told?.steps[0]?.[0]).toBe(1030);
    expect(told?.cut).toBe(1020);
    if (!told) return;
    const { bars } = barsOf('run', told, { from: 0, to: 9999 });
    expect(Math.min(...bars.map(({ from }) => from))).toBe(1020);
  });

  test('all of few are told in their order', () => {
    const told = lane(5000, 5020);
    expect(told?.steps.map(([, , , seq]) => seq)).toEqual([500, 501, 502]);
    expect([told?.cut, told?.start]).toEqual([null, 'expired']);
  });

  test.each([
    [0, 15, [0]],
    [15, 20, [1]],
    [20, 29, [1]],
    [0, 9999, [0, 1]],
    [5021, 9999, []],
  ])('who moved from %i to %i', (from, to, moved) => {
    expect(runQuery(log, { ask: 'stirred', from, to })).toEqual(moved);
  });

  test('when a place was, and how many changes lie between two', () => {
    const [a, b] = runQuery(log, { ask: 'when', seqs: [2, 102] }) as When[];
    expect([a?.at, b?.at, (b?.upTo ?? 0) - (a?.upTo ?? 0)]).toEqual([20, 1020, 100]);
  });
});

test('differences come to how many more and fewer are in a state, evened out', () => {
  const kinds = ['run', 'run', 'instance'];
  const all = [
    { entity: 0, a: 'present.phase.live+present.sight.clear', b: 'expired' },
    { entity: 1, a: 'expired', b: 'present.phase.live+present.sight.suspect' },
    { entity: 2, a: null, b: 'serving' },
  ];
  expect(countChanges(all, (entity) => kinds[entity])).toEqual([
    { kind: 'run', status: 'live', by: -1 },
    { kind: 'run', status: 'suspect', by: 1 },
    { kind: 'instance', status: 'serving', by: 1 },
  ]);
});
