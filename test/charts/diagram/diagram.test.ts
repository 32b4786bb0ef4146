import { describe, expect, test } from 'vitest';
import { collectorMachine } from '../../../machines/collector.ts';
import { runMachine } from '../../../machines/run.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { buildDiagram, collapsedBelow, type Diagram } from '../../../src/charts/diagram/diagram.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { labelOf } from '../../../src/charts/model/transition-label.ts';
import { examples } from '../../machines/examples.ts';
import { everything } from '../everything.ts';

const edgesIn = ({ boxes, lines }: Diagram) =>
  [...boxes, ...lines].flatMap(({ rows }) => rows.flatMap(({ edges }) => edges));

describe.each([...examples.map(({ machine }) => machine), everything])(
  'the picture of the $id machine',
  (machine) => {
    const chart = chartOf(machine);

    test('tells every transition, once for each of its targets', () => {
      const told = chart.edges.flatMap(({ id, targets }) =>
        Array.from({ length: Math.max(1, targets.length) }, () => id),
      );
      expect(edgesIn(buildDiagram(chart, [])).sort()).toEqual(told.sort());
    });

    test('tells none that is not there when states are collapsed, and none twice', () => {
      const edges = edgesIn(buildDiagram(chart, collapsedBelow(chart, 1)));
      const known = new Set(chart.edges.map(({ id }) => id));
      expect(edges.filter((edge) => !known.has(edge))).toEqual([]);
      expect(new Set(edges).size).toBe(edges.length);
    });

    test('leads from box to box', () => {
      for (const collapsed of [[], collapsedBelow(chart, 1)]) {
        const { boxes, lines, initial } = buildDiagram(chart, collapsed);
        const ids = new Set<string | null>(boxes.map(({ id }) => id));
        const ends = lines.flatMap(({ source, target }) => [source, target]);
        const firsts = [initial, ...boxes.map((box) => box.initial)].filter((id) => id !== null);
        const parents = boxes.map(({ parent }) => parent).filter((id) => id !== null);
        expect([...ends, ...firsts, ...parents].filter((id) => !ids.has(id))).toEqual([]);
      }
    });
  },
);

test('what leads from one state to another shares a line', () => {
  const { lines } = buildDiagram(chartOf(sessionMachine), []);
  const line = lines.find(
    ({ source, target }) => source === 'session.claiming' && target === 'session.fenced',
  );
  expect(line?.rows.map(({ event }) => event)).toEqual(['spent', 'refused', 'lapsed']);
});

test('what leads from a state to itself stands inside it', () => {
  const { boxes } = buildDiagram(chartOf(collectorMachine), []);
  const watching = boxes.find(({ name }) => name === 'watching');
  expect(watching?.rows).toMatchObject([{ event: 'kept', reenters: true }]);
});

test('what leads out of a collapsed state leads out of its box', () => {
  const { boxes, lines } = buildDiagram(chartOf(runMachine), ['run.present']);
  expect(boxes.map(({ name }) => name)).toEqual([
    ...['present', 'expired', 'gone', 'superseded', 'left'],
  ]);
  const left = lines.find(({ target }) => target === 'run.left');
  expect(left).toMatchObject({ source: 'run.present', rows: [{ event: 'left' }] });
});

test('what inner states do within themselves is not told of the collapsed one', () => {
  const [present] = buildDiagram(chartOf(runMachine), ['run.present']).boxes;
  expect(present).toMatchObject({ name: 'present', collapsed: true, rows: [] });
});

test('a machine that something leads to or from is drawn itself', () => {
  const [root] = buildDiagram(chartOf(everything), []).boxes;
  expect(root).toMatchObject({ id: 'every<thing>', parent: null, depth: 0 });
  expect(buildDiagram(chartOf(runMachine), []).boxes[0]?.id).toBe('run.present');
});

test.each([
  ['', 'always', 'always'],
  ['*', 'event', 'anything else'],
  ['xstate.after.10000.m.a', 'timer', 'after 10 s'],
  ['xstate.after.999.m.a', 'timer', 'after 999 ms'],
  ['xstate.after.120000.m.a', 'timer', 'after 2 min'],
  ['xstate.after.suspectAfter.m.a', 'timer', 'after suspectAfter'],
  ['xstate.done.state.m.a', 'done', 'all done'],
  ['xstate.done.actor.f', 'done', 'done'],
  ['xstate.error.actor.f', 'error', 'error'],
  ['told-to-leave', 'event', 'told-to-leave'],
])('%j is told as %s: %s', (event, trigger, told) => {
  const edge = { id: '', source: 'm.a', event, targets: [], guard: null, actions: [] };
  expect(labelOf({ ...edge, description: null })).toMatchObject({ trigger, event: told });
});
