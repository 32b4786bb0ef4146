import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../../../src/dashboard/history/query-types.ts';
import {
  missingBefore,
  type Stored,
} from '../../../../../src/dashboard/web/model/event-document.ts';
import { stripsOf } from '../../../../../src/dashboard/web/screens/entity/state-timeline.ts';
import { instance, present, run } from '../../support/sample-fleet.ts';

const stored = (
  seq: number,
  n: number,
  record: Stored['record'],
  more: Partial<Stored> = {},
): Stored => ({
  of: { entity: 'run', host: 'h', agent: 'a', run: 'run000000001' },
  at: seq,
  chart: 'c0ffee000000',
  edges: [],
  event: { type: 'x' },
  actor: { host: 'h', agent: 'a' },
  ...{ seq, n, record, ...more },
});

describe('the counter of a chain', () => {
  test('shows how many events of the chain are missing before an event', () => {
    const before = [stored(4, 2, null), stored(3, 1, null)];
    expect(missingBefore(stored(9, 3, null), before)).toBeNull();
    expect(missingBefore(stored(9, 6, null), before)).toMatch(/^3 of its own/);
    expect(missingBefore(stored(9, 1, null), [])).toBeNull();
    expect(missingBefore(stored(9, 6, null, { lost: 3 }), before)).toMatch(/^3 that its process/);
    expect(missingBefore(stored(9, 6, null, { lost: 1 }), before)).toMatch(/^2 of .*; 1 that/);
  });

  test('does not count another chain of the same run', () => {
    const session = { of: { ...stored(1, 1, null).of, entity: 'session' } };
    expect(
      missingBefore(stored(9, 2, null), [stored(8, 9, null, session), stored(7, 1, null)]),
    ).toBe(null);
  });
});

describe('the state timeline of an instance', () => {
  const entities = [
    ...[instance('h1', 'dup'), instance('h2', 'dup', 'a', 2), instance('h3', 'dup', 'a', 3)],
    instance('h2', 'dup', 'a', 4),
  ];
  const lane = (entity: number, ...steps: [at: number, status: string][]): Lane => ({
    ...{ entity, start: null, cut: null },
    steps: steps.map(([at, status]) => [at, status, 'x', at]),
  });
  const textOf = (lanes: readonly Lane[], entityOf = (n: number) => entities[n]) =>
    stripsOf(lanes, entityOf, { from: 0, to: 100 }).map(({ owner, intervals }) => [
      owner && `${owner.host}/${owner.agent}`,
      ...intervals.map(({ from, status }) => `${from} ${status}`),
    ]);

  test('has a strip for each agent that registered its name', () => {
    const lanes = [
      lane(2, [10, 'live'], [50, 'removed']),
      lane(0, [0, 'live'], [40, 'contested']),
      lane(1, [40, 'live'], [70, 'adopted']),
      lane(3, [70, 'live']),
    ];
    expect(textOf(lanes)).toEqual([
      ['h1/a', '0 live', '40 contested'],
      ['h2/a', '0 not present', '40 live'],
      ['h3/a', '0 not present', '10 live', '50 not present'],
    ]);
  });

  test('leaves out an agent that did not have it in the range, unless none had it', () => {
    expect(textOf([lane(0, [0, 'live']), lane(1)])).toEqual([['h1/a', '0 live']]);
    expect(textOf([lane(0), lane(1)])).toEqual([['h1/a', '0 not present']]);
  });

  test('is one strip for all runs of an agent', () => {
    const runs = [run('h1'), run('h1', 'a', 2)];
    const lanes = [
      lane(0, [0, present('live')], [40, 'gone']),
      lane(1, [50, present('live', 'suspect')]),
    ];
    expect(textOf(lanes, (n) => runs[n])).toEqual([
      [undefined, '0 live', '40 not present', '50 suspect'],
    ]);
  });
});
