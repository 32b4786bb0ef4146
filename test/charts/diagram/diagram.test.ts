import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { collectorMachine } from '../../../machines/collector.ts';
import { instanceMachine } from '../../../machines/instance.ts';
import { runMachine } from '../../../machines/run.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { buildDiagram, collapsedBelow, type Diagram } from '../../../src/charts/diagram/diagram.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { labelOf } from '../../../src/charts/model/transition-label.ts';
import { examples } from '../../machines/examples.ts';
import { everything } from '../everything.ts';

const edgeIdsIn = ({ boxes, edges, junctions }: Diagram) =>
  [...boxes, ...edges, ...junctions].flatMap(({ labelLines }) =>
    labelLines.flatMap((line) => line.edges),
  );

describe.each([...examples.map(({ machine }) => machine), everything])(
  'the diagram of the $id machine',
  (machine) => {
    const chart = chartOf(machine);

    test('has every transition, once per target', () => {
      const expected = chart.edges.flatMap(({ id, targets }) =>
        Array.from({ length: Math.max(1, targets.length) }, () => id),
      );
      expect(edgeIdsIn(buildDiagram(chart, [])).sort()).toEqual(expected.sort());
    });

    test('has no unknown and no duplicate transition if states are collapsed', () => {
      const edges = edgeIdsIn(buildDiagram(chart, collapsedBelow(chart, 1)));
      const known = new Set(chart.edges.map(({ id }) => id));
      expect(edges.filter((edge) => !known.has(edge))).toEqual([]);
      expect(new Set(edges).size).toBe(edges.length);
    });

    test('has edges, initial states and parents that are boxes', () => {
      for (const collapsed of [[], collapsedBelow(chart, 1)]) {
        const { boxes, edges, initial } = buildDiagram(chart, collapsed);
        const ids = new Set<string | null>(boxes.map(({ id }) => id));
        const ends = edges.flatMap(({ source, target }) => [source, target]);
        const firsts = [initial, ...boxes.map((box) => box.initial)].filter((id) => id !== null);
        const parents = boxes.map(({ parent }) => parent).filter((id) => id !== null);
        expect([...ends, ...firsts, ...parents].filter((id) => !ids.has(id))).toEqual([]);
      }
    });
  },
);

test('transitions with the same source and target share an edge', () => {
  const { edges } = buildDiagram(chartOf(sessionMachine), []);
  const edge = edges.find(
    ({ source, target }) => source === 'session.claiming' && target === 'session.fenced',
  );
  expect(edge?.labelLines.map(({ event }) => event)).toEqual(['spent', 'refused', 'lapsed']);
});

test('states that share a transition share its label and the line to the target', () => {
  const { edges, junctions } = buildDiagram(chartOf(instanceMachine), []);
  const joined = junctions.map(({ target, sources, labelLines }) => [
    ...[sources.map(({ source }) => source), labelLines.map(({ event }) => event), target],
  ]);
  const registered = ['instance.serving', 'instance.failing', 'instance.draining'];
  expect(joined).toEqual([
    [registered.slice(0, 2), ['drained'], 'instance.draining'],
    [registered, ['removed'], 'instance.removed'],
    [registered, ['adopted'], 'instance.adopted'],
  ]);
  expect(edges.map(({ labelLines }) => labelLines.map(({ event }) => event))).toEqual([
    ['failed'],
    ['recovered'],
  ]);
});

test('transitions with different guards or actions do not share a label', () => {
  const leaving = (actions: 'save' | 'drop') => ({ on: { stop: { target: 'over', actions } } });
  const machine = setup({
    types: { events: {} as { type: string } },
    actions: { save: () => {}, drop: () => {} },
  }).createMachine({
    id: 'm',
    initial: 'a',
    states: { a: leaving('save'), b: leaving('drop'), over: { type: 'final' } },
  });
  expect(buildDiagram(chartOf(machine), [])).toMatchObject({
    junctions: [],
    edges: [{ source: 'm.a' }, { source: 'm.b' }],
  });
});

test('a transition back to an earlier state does not share a label', () => {
  const back = { on: { reset: { target: 'idle' } } };
  const machine = setup({ types: { events: {} as { type: string } } }).createMachine({
    id: 'm',
    initial: 'idle',
    states: { idle: { on: { go: { target: 'a' } } }, a: back, b: back },
  });
  expect(buildDiagram(chartOf(machine), []).junctions).toEqual([]);
});

test('a transition from a state to itself is inside its box', () => {
  const { boxes } = buildDiagram(chartOf(collectorMachine), []);
  const watching = boxes.find(({ name }) => name === 'watching');
  expect(watching?.labelLines).toMatchObject([{ event: 'kept', reenters: true }]);
});

test('a transition out of a collapsed state starts at its box', () => {
  const { boxes, edges } = buildDiagram(chartOf(runMachine), ['run.present']);
  expect(boxes.map(({ name }) => name)).toEqual([
    ...['present', 'expired', 'gone', 'superseded', 'left'],
  ]);
  const left = edges.find(({ target }) => target === 'run.left');
  expect(left).toMatchObject({ source: 'run.present', labelLines: [{ event: 'left' }] });
});

test('a collapsed state does not show transitions between its inner states', () => {
  const [present] = buildDiagram(chartOf(runMachine), ['run.present']).boxes;
  expect(present).toMatchObject({ name: 'present', collapsed: true, labelLines: [] });
});

test('a machine with transitions of its own is drawn as a box', () => {
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
])('the event %j has the trigger %s and the text %s', (event, trigger, text) => {
  const edge = { id: '', source: 'm.a', event, targets: [], guard: null, actions: [] };
  expect(labelOf({ ...edge, description: null })).toMatchObject({ trigger, event: text });
});
