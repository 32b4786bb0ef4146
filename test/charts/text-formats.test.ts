import { describe, expect, test } from 'vitest';
import { chartOf } from '../../src/charts/model/chart.ts';
import { dotOf } from '../../src/charts/text/dot.ts';
import { mermaidOf } from '../../src/charts/text/mermaid.ts';
import { textTree } from '../../src/charts/text/text-tree.ts';
import { examples } from '../machines/examples.ts';
import { everything } from './everything.ts';

const charts = [...examples.map(({ machine }) => chartOf(machine)), chartOf(everything)];
const hostile = chartOf(everything);

describe.each(charts)('the chart of the $machine machine', (chart) => {
  const targets = chart.edges.reduce((sum, edge) => sum + Math.max(1, edge.targets.length), 0);

  test('in Mermaid lists every transition before the first compound state', () => {
    const lines = mermaidOf(chart).split('\n');
    const transitions = lines.flatMap((line, n) => (/ --> .*: /.test(line) ? [n] : []));
    expect(transitions.length).toBe(targets);
    const body = lines.findIndex((line) => line.endsWith('{'));
    if (body >= 0) expect(Math.max(...transitions)).toBeLessThan(body);
  });

  test('in Mermaid has plain identifiers, all different', () => {
    const text = mermaidOf(chart);
    const names = [...text.matchAll(/ as (\S+)/g)].map(([, name]) => name);
    const [root] = chart.nodes;
    const hasRootEdges = chart.edges.some(({ source }) => source === root?.id);
    expect(names.length).toBe(chart.nodes.length - (hasRootEdges ? 0 : 1));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z]\w*$/);
    expect(text.match(/\{$/gm)?.length ?? 0).toBe(text.match(/^ *\}$/gm)?.length ?? 0);
  });

  test('as DOT has every transition once and closes all quotes', () => {
    const text = dotOf(chart);
    const arrows = text.split('\n').filter((line) => / -> .*label=/.test(line));
    expect(arrows.length).toBe(targets);
    for (const line of text.split('\n')) {
      expect(line.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('"'), line).toBe(false);
    }
  });

  test('as a tree has a line for every state and every transition', () => {
    const lines = textTree(chart);
    expect(lines.flatMap(({ edge }) => edge ?? []).sort()).toEqual(
      chart.edges.map(({ id }) => id).sort(),
    );
    const nodes = lines.filter(({ edge }) => edge === undefined).map(({ node }) => node);
    expect(nodes).toEqual(chart.nodes.map(({ id }) => id));
  });
});

test('characters of Mermaid syntax in a name are escaped', () => {
  expect(mermaidOf(hostile)).toContain('#60;');
  expect(mermaidOf(hostile)).not.toMatch(/[<>"&|](?!.* as )(?<!-->)(?<!")$/m);
});

test('a tree of active states lists only taken transitions of other states', () => {
  const overlay = {
    mode: 'one',
    active: ['every<thing>', 'every<thing>.waiting'],
    last: ['every<thing>.first||0'],
    counts: { edges: { 'every<thing>.first||0': 3 } },
  } as const;
  const lines = textTree(hostile, { overlay, open: 'active' }).map(({ parts }) =>
    parts.map(([, text]) => text).join(''),
  );
  expect(lines.filter((line) => line.includes('◂'))).toEqual([
    '│    → always [a < b && "c"] ⇒ waiting  ×3  ◂ last',
    '├─● waiting ◂ now',
  ]);
  expect(lines.join('\n')).not.toContain('remembered ');
  expect(lines.join('\n')).toContain('├─‖ both');
});
