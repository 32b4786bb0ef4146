import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../../../src/charts/model/chart.ts';
import { chartDiff } from '../../../../../src/dashboard/web/screens/machines/chart-diff.ts';
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
import {
  dwellTitles,
  shares,
  spellWords,
} from '../../../../../src/dashboard/web/screens/machines/dwell-text.ts';
import { AgentName, HostId, RunId } from '../../../../../src/domain/identity/names.ts';
import { instance, run } from '../../../../../src/runtime/transitions/machine-set.ts';

const chart = chartOf(run.machine);
const [present, phase, sight] = ['run.present', 'run.present.phase', 'run.present.sight'] as const;

describe('what is open in a picture', () => {
  test('is where somebody is, and nothing else', () => {
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
  ])('from the address %s', (word, closed) => {
    expect(readClosed(chart, word)).toEqual(closed);
  });

  test.each([[[]], [[present]], [[phase, sight]]])('goes to the address and back: %j', (closed) => {
    expect(writeClosed(chart, closed)).not.toBe('');
    expect(readClosed(chart, writeClosed(chart, closed))).toEqual(closed);
  });

  test('a second toggle takes the first back', () => {
    expect(toggled(toggled([phase], sight), sight)).toEqual([phase]);
    expect(toggled([phase, sight], phase)).toEqual([sight]);
  });

  test('opens as far as needed to see a state, the others stay closed', () => {
    expect(showing([present], new Set(['run.present.sight.suspect']))).toEqual([]);
    expect(showing([phase, sight], new Set(['run.present.sight.suspect']))).toEqual([phase]);
    expect(showing([present], new Set([present]))).toEqual([present]);
  });
});

describe('an arrow key in a picture', () => {
  const box = (id: string, x: number, y: number) => ({ id, x, y, width: 10, height: 10 });
  const boxes = [box('a', 0, 0), box('b', 0, 50), box('c', 100, 20), box('d', 0, 200)];

  test.each([
    ['goes to what a line leads to, though something else is nearer', 'ArrowDown', 'd'],
    ['goes to the nearest where no line leads that way', 'ArrowRight', 'c'],
    ['goes nowhere where nothing lies', 'ArrowUp', undefined],
    ['no other key walks', 'x', undefined],
  ])('%s', (_, key, to) => {
    expect(nearestState(boxes, [['d', 'a']], 'a', key)).toBe(to);
  });

  test('begins somewhere where it was nowhere', () => {
    expect(nearestState(boxes, [], 'gone', 'ArrowUp')).toBe('a');
    expect(nearestState([], [], 'gone', 'ArrowUp')).toBeUndefined();
  });

  test('a region never leaves the picture, and is never so close that one is lost', () => {
    const whole = { x: 0, y: 0, width: 600, height: 900 };
    const found = boundingBox([box('corner', 590, 890)], whole);
    expect(found).toEqual({ x: 280, y: 680, width: 320, height: 220 });
    expect(boundingBox([], whole)).toEqual(whole);
    expect(boundingBox([box('a', 0, 0), box('b', 590, 890)], whole)).toEqual(whole);
  });
});

test('two versions of a machine are told apart by what came, went, and says something else', () => {
  const [gone, other, ...rest] = chart.nodes;
  const added = { ...(gone as object), id: 'run.asleep' } as (typeof chart.nodes)[number];
  const after = {
    ...chart,
    nodes: [added, { ...(other as typeof added), description: 'anew' }, ...rest],
    edges: chart.edges.slice(1),
  };
  expect(chartDiff(chart, after).map(({ mark, what }) => `${mark} ${what.split(' —')[0]}`)).toEqual(
    [
      `− state ${gone?.id}`,
      '+ state run.asleep',
      `~ state ${other?.id}`,
      `− ${chart.edges[0]?.source}`,
    ],
  );
  expect(chartDiff(chart, chart)).toEqual([]);
});

describe('how long, in words', () => {
  const spell = { count: 2, p50: 4100, p95: 90_000 };
  const entity = {
    entity: 'run',
    host: HostId.parse('web-1'),
    agent: AgentName.parse('web'),
    run: RunId.parse('run000001'),
  } as const;

  test('with both quantiles and of how many', () => {
    expect(spellWords(spell, 'stay')).toBe('p50 4 s, p95 1 m 30 s (2 stays)');
  });

  test('of an edge: how often, who last, by whom, and after how long', () => {
    const last = { seq: 9, at: 0, entity: 0, note: { by: 'c/d' } };
    const edges = { 'run.a|x|0': { count: 1, last, after: spell } };
    const title = dwellTitles({ states: {}, edges }, [entity]).get('run.a|x|0');
    expect(title).toMatch(/^1 time, last \d\d:\d\d:\d\d web-1\/web, by c\/d\nafter p50 4 s/);
  });

  test('the longest is whole, none is more than that', () => {
    const states = { a: spell, b: { ...spell, p50: 0 }, c: { ...spell, p50: 100 } };
    const parts = shares({ states, edges: {} });
    expect(parts.get('a')).toBe(1);
    expect(parts.get('b')).toBe(0);
    expect(parts.get('c')).toBeGreaterThan(0.3);
  });
});
