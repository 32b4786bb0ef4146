import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { chartOf, edgeIds } from '../../../src/charts/model/chart.ts';
import { examples } from '../../machines/examples.ts';

const door = setup({
  types: { events: {} as { type: 'open' } | { type: 'close' } | { type: 'lock' } },
  actions: { ring: () => {}, creak: () => {} },
  guards: { 'it is day': () => true, 'it is night': () => false },
});

/** The chart of a door, with an optional change. */
const doorChart = (change: { open?: object; closed?: object; machine?: object } = {}) =>
  chartOf(
    door.createMachine({
      id: 'door',
      initial: 'closed',
      states: {
        closed: {
          description: 'Shut.',
          on: {
            open: [{ guard: 'it is day', target: 'open', actions: 'ring' }, { target: 'open' }],
          },
          ...change.closed,
        },
        open: { description: 'Ajar.', on: { close: { target: 'closed' } }, ...change.open },
        locked: { description: 'Shut for good.', type: 'final' },
      },
      ...change.machine,
    }),
  );

describe.each(examples)('the chart of the $machine.id machine', ({ machine }) => {
  const chart = chartOf(machine);

  test('has a unique id for every edge', () => {
    const ids = chart.edges.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
  });

  test('has the same edge ids as the transition objects of the machine', () => {
    expect([...edgeIds(machine).values()]).toEqual(chart.edges.map(({ id }) => id));
  });

  test('has edges between its own nodes only', () => {
    const nodes = new Set(chart.nodes.map(({ id }) => id));
    for (const { id, source, targets } of chart.edges) {
      expect(nodes, id).toContain(source);
      expect(targets.length, id).toBeGreaterThan(0);
      for (const target of targets) expect(nodes, id).toContain(target);
    }
  });

  test('has one root, and a known parent for every other node', () => {
    const nodes = new Map(chart.nodes.map((node) => [node.id, node]));
    for (const { id, parent } of chart.nodes) {
      expect(parent === null ? id === machine.id : nodes.has(parent), id).toBe(true);
    }
  });

  test('is the same after JSON encoding and decoding', () => {
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
  });
});

describe('the id of an edge', () => {
  test('contains source, event and the index of the candidate', () => {
    expect(doorChart().edges.map(({ id }) => id)).toEqual([
      'door.closed|open|0',
      'door.closed|open|1',
      'door.open|close|0',
    ]);
  });

  test('does not change when other transitions are edited', () => {
    const before = doorChart().edges.map(({ id }) => id);
    const after = doorChart({
      open: { on: { lock: { target: 'locked' }, close: { target: 'closed', actions: 'creak' } } },
    }).edges.map(({ id }) => id);
    expect(after).toEqual(expect.arrayContaining(before));
  });
});

describe('the hash of a chart', () => {
  const { hash } = doorChart();

  test('is the same for the same structure', () => {
    expect(doorChart().hash).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
  });

  test('does not depend on the code of an action or a guard', () => {
    const other = setup({
      types: { events: {} as { type: 'go' } },
      actions: { act: () => void [].at(0) },
    });
    const one = setup({ types: { events: {} as { type: 'go' } }, actions: { act: () => {} } });
    const config = {
      id: 'm',
      initial: 'a',
      states: { a: { on: { go: { target: 'a', actions: 'act' } } } },
    } as const;
    expect(chartOf(other.createMachine(config)).hash).toBe(chartOf(one.createMachine(config)).hash);
  });

  const open = (transition: object) => ({ closed: { on: { open: transition } } });
  const ringing = { guard: 'it is day', target: 'open', actions: 'ring' };
  test.each([
    ['a target', { open: { on: { close: { target: 'locked' } } } }],
    ['an event', { open: { on: { lock: { target: 'closed' } } } }],
    ['an action', open([{ ...ringing, actions: 'creak' }, { target: 'open' }])],
    [
      'the order of actions',
      open([{ ...ringing, actions: ['creak', 'ring'] }, { target: 'open' }]),
    ],
    ['a guard', open([{ ...ringing, guard: 'it is night' }, { target: 'open' }])],
    ['the order of candidates', open([{ target: 'open' }, ringing])],
    ['a candidate removed', open([ringing])],
    ['a state’s description', { open: { description: 'Wide open.' } }],
    [
      'an edge’s description',
      { open: { on: { close: { target: 'closed', description: 'Bang.' } } } },
    ],
    ['the initial state', { machine: { initial: 'open' } }],
    ['a state’s kind', { open: { type: 'final', on: undefined } }],
    ['an inner state', { open: { initial: 'wide', states: { wide: {} } } }],
  ])('changes with %s', (_, change) => {
    expect(doorChart(change).hash).not.toBe(hash);
  });
});
