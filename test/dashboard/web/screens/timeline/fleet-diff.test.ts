import { expect, test } from 'vitest';
import { queryRange } from '../../../../../src/dashboard/web/format/time-scale.ts';
import { grouped } from '../../../../../src/dashboard/web/screens/timeline/fleet-diff-summary.ts';
import { barsOf } from '../../../../../src/dashboard/web/widgets/state-bars.ts';

test('the comparison lists what was lost, ended, came and changed, in this order', () => {
  const difference = (entity: number, a: string | null, b: string | null) => ({ entity, a, b });
  const all = [
    difference(0, 'live', 'suspect'),
    difference(1, null, 'live'),
    difference(2, 'live', 'left'),
    difference(3, 'live', 'gone'),
    difference(4, null, 'gone'),
    difference(5, 'live', 'expired'),
  ];
  expect(grouped(all, () => 'run').map((one) => [one.group, one.difference.entity])).toEqual([
    ['lost', 3],
    ['lost', 5],
    ['ended', 2],
    ['came', 1],
    ['changed', 0],
  ]);
});

test('a lane that was asked for a longer time is drawn to the end of the range only', () => {
  const steps = [
    [100, 'live', 'announced', 1],
    [900, 'gone', 'removed', 2],
  ] as const;
  const lane = { entity: 0, start: null, steps, cut: null };
  expect(barsOf('run', lane, { from: 0, to: 500 })).toMatchObject({
    bars: [{ from: 100, to: 500, status: 'live' }],
    marks: [{ at: 100 }],
  });
});

test('a range that ends now is asked again only when it has grown by a pixel', () => {
  expect(queryRange({ from: 0, to: 1_234_567 })).toEqual({ from: 0, to: 1_236_992 });
  expect(queryRange({ from: 0, to: 1_236_000 })).toEqual({ from: 0, to: 1_236_992 });
  expect(queryRange({ from: 0, to: 10 })).toEqual({ from: 0, to: 1000 });
});
