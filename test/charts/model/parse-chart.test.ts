import { expect, test } from 'vitest';
import { runMachine } from '../../../machines/run.ts';
import { chartHash, chartOf } from '../../../src/charts/model/chart.ts';
import { parseChart } from '../../../src/charts/model/parse-chart.ts';

const chart = chartOf(runMachine);
const [node] = chart.nodes;

test('a chart comes back as it was kept', () => {
  expect(parseChart(JSON.stringify(chart), chart)).toEqual(chart);
});

/** With a hash that is right for it, as whoever wrote it could. */
const forged = (change: object): readonly [string, string] => {
  const other = { ...chart, ...change };
  return [JSON.stringify(other), chartHash(other)];
};

test.each<readonly [string, string, string]>([
  ['no JSON', 'x', chart.hash],
  ['no chart', '[]', chart.hash],
  ['another chart', JSON.stringify({ ...chart, edges: [] }), chart.hash],
  ['of another machine', JSON.stringify({ ...chart, machine: 'other' }), chart.hash],
  ['under another hash', JSON.stringify(chart), 'ffffffffffff'],
  ['without states', ...forged({ nodes: [] })],
  ['with a state of no kind', ...forged({ nodes: [{ ...node, kind: 'odd' }] })],
  ['with a state that is text', ...forged({ nodes: ['run'] })],
  ['with a transition to nowhere', ...forged({ edges: [{ ...chart.edges[0], targets: null }] })],
])('what is %s is not drawn', (_, text, hash) => {
  expect(parseChart(text, { machine: 'run', hash })).toBeUndefined();
});
