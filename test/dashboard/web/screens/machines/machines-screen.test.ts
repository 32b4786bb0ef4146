import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../../../src/charts/model/chart.ts';
import {
  boundingBox,
  nearestState,
} from '../../../../../src/dashboard/web/screens/machines/chart-navigation.ts';
import { activeIds } from '../../../../../src/dashboard/web/screens/machines/chart-states.ts';
import {
  closable,
  overview,
  readClosed,
  showing,
  toggled,
  writeClosed,
} from '../../../../../src/dashboard/web/screens/machines/collapsed-states.ts';
import { instance, run } from '../../../../../src/runtime/transitions/machine-set.ts';

const chart = chartOf(run.machine);
const [present, phase, sight] = ['run.present', 'run.present.phase', 'run.present.sight'] as const;

describe('a chart', () => {
  test('has the states without entities closed at first', () => {
    expect(overview(chart, activeIds('run', 'expired'))).toEqual([present]);
    const both = activeIds('run', 'present.phase.live+present.sight.clear');
    expect(overview(chart, both)).toEqual([]);
    expect(overview(chart, new Set([present, sight]))).toEqual([phase]);
    expect(closable(chartOf(instance.machine))).toEqual([]);
  });

  test.each([
    [undefined, undefined],
    ['-', []],
    ['present', [present]],
    ['present.sight,present.phase', [phase, sight]],
    ['present.phase,present', [present]],
    ['present.phase.live,nowhere,__proto__,', []],
  ])('reads the closed states from the address %s', (word, closed) => {
    expect(readClosed(chart, word)).toEqual(closed);
  });

  test.each([[[]], [[present]], [[phase, sight]]])(
    'writes closed states to the address and reads them back: %j',
    (closed) => {
      expect(writeClosed(chart, closed)).not.toBe('');
      expect(readClosed(chart, writeClosed(chart, closed))).toEqual(closed);
    },
  );

  test('restores a state on the second toggle', () => {
    expect(toggled(toggled([phase], sight), sight)).toEqual([phase]);
    expect(toggled([phase, sight], phase)).toEqual([sight]);
  });

  test('opens only the states needed to show a state', () => {
    expect(showing([present], new Set(['run.present.sight.suspect']))).toEqual([]);
    expect(showing([phase, sight], new Set(['run.present.sight.suspect']))).toEqual([phase]);
    expect(showing([present], new Set([present]))).toEqual([present]);
  });
});

describe('an arrow key in a chart', () => {
  const box = (id: string, x: number, y: number) => ({ id, x, y, width: 10, height: 10 });
  const boxes = [box('a', 0, 0), box('b', 0, 50), box('c', 100, 20), box('d', 0, 200)];

  test.each([
    ['goes to the connected state, even if another is nearer', 'ArrowDown', 'd'],
    ['goes to the nearest state if none is connected', 'ArrowRight', 'c'],
    ['goes nowhere if there is no state in its direction', 'ArrowUp', undefined],
    ['is the only kind of key that moves', 'x', undefined],
  ])('%s', (_, key, to) => {
    expect(nearestState(boxes, [['d', 'a']], 'a', key)).toBe(to);
  });

  test('starts at the first state if none is focused', () => {
    expect(nearestState(boxes, [], 'gone', 'ArrowUp')).toBe('a');
    expect(nearestState([], [], 'gone', 'ArrowUp')).toBeUndefined();
  });

  test('zooms to a region within the chart and of a minimum size', () => {
    const whole = { x: 0, y: 0, width: 600, height: 900 };
    const found = boundingBox([box('corner', 590, 890)], whole);
    expect(found).toEqual({ x: 280, y: 680, width: 320, height: 220 });
    expect(boundingBox([], whole)).toEqual(whole);
    expect(boundingBox([box('a', 0, 0), box('b', 590, 890)], whole)).toEqual(whole);
  });
});
