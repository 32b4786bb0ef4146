import { expect, test } from 'vitest';
import { runMachine } from '../../../machines/run.ts';
import { chartHash, chartOf } from '../../../src/charts/model/chart.ts';
import { parseChart } from '../../../src/charts/model/parse-chart.ts';

const chart = chartOf(runMachine);
const [node] = chart.nodes;

test('a stored chart is parsed to the same chart', () => {
  expect(parseChart(JSON.stringify(chart), chart)).toEqual(chart);
});

/** A changed chart with a matching hash, as an attacker could write it. */
const forged = (change: object): readonly [string, string] => {
  const other = { ...chart, ...change };
  return [JSON.stringify(other), chartHash(other)];
};

test.each<readonly [string, string, string]>([
  ['that is no JSON', 'x', chart.hash],
  ['that is no object', '[]', chart.hash],
  ['with other edges than its hash', JSON.stringify({ ...chart, edges: [] }), chart.hash],
  ['of another machine', JSON.stringify({ ...chart, machine: 'other' }), chart.hash],
  ['under another hash', JSON.stringify(chart), 'ffffffffffff'],
  ['without states', ...forged({ nodes: [] })],
  ['with a state of no kind', ...forged({ nodes: [{ ...node, kind: 'odd' }] })],
  ['with a state that is text', ...forged({ nodes: ['run'] })],
  ['with a transition to nowhere', ...forged({ edges: [{ ...chart.edges[0], targets: null }] })],
])('a chart %s is rejected', (_, text, hash) => {
  expect(parseChart(text, { machine: 'run', hash })).toBeUndefined();
});
