import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectorMachine } from '../../machines/collector.ts';
import { runMachine } from '../../machines/run.ts';
import { layoutChart } from '../../src/adapters/chart-rendering/elk-layout.ts';
import { buildDiagram } from '../../src/charts/diagram/diagram.ts';
import { chartHash, chartOf } from '../../src/charts/model/chart.ts';
import type { Chart, ChartEdge, ChartNode } from '../../src/charts/model/chart-data.ts';
import { parseChart } from '../../src/charts/model/parse-chart.ts';
import { pathOf, treeOf } from '../../src/charts/model/state-tree.ts';
import { svgOf } from '../../src/charts/svg/svg.ts';
import { dotOf } from '../../src/charts/text/dot.ts';
import { mermaidOf } from '../../src/charts/text/mermaid.ts';
import { textTree } from '../../src/charts/text/text-tree.ts';
import { Fault } from '../../src/domain/fault.ts';
import { anyText } from '../arbitrary/names.ts';
import { everything } from '../charts/everything.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

/** A chart as a foreign writer may publish it: under its correct hash. */
function published(chart: Omit<Chart, 'hash'>): Chart | undefined {
  const hash = chartHash(chart);
  return parseChart(JSON.stringify(chart), { machine: chart.machine, hash });
}

const evil = fc.oneof(
  fc.constantFrom(
    ...[
      '__proto__',
      'constructor',
      'toString',
      '',
      ' ',
      '\n',
      '"];\nx -> y ["',
      '"><script>alert(1)</script>',
    ],
    ...[
      ']]>',
      '--',
      '[*]',
      'end',
      '%%{init: {}}%%',
      '#quot;',
      '\\',
      '\\"',
      'a"b',
      '&#0;',
      '\ud800',
      '\u202e',
      '\u0000',
    ],
    ...['state "x" as y {', '}', '<!--', 'javascript:alert(1)', "' onload='x", 'x'.repeat(2000)],
  ),
  anyText,
);
const node = (id: string, more: Partial<ChartNode> = {}): ChartNode => ({
  ...{ id, kind: 'atomic', parent: null, initial: null, description: null },
  ...more,
});
const edge = (
  id: string,
  source: string,
  targets: readonly string[],
  more: Partial<ChartEdge> = {},
) =>
  ({
    id,
    source,
    targets,
    event: 'e',
    guard: null,
    actions: [],
    description: null,
    ...more,
  }) as ChartEdge;

const kinds = ['atomic', 'compound', 'parallel', 'final', 'history'] as const;

/** A tree of states with arbitrary names; the parent of each is any earlier state. */
const forged: fc.Arbitrary<Omit<Chart, 'hash'>> = fc
  .record({
    machine: evil,
    states: fc.uniqueArray(
      fc.record({ id: evil, kind: fc.constantFrom(...kinds), on: fc.nat(), text: fc.option(evil) }),
      { minLength: 1, maxLength: 7, selector: ({ id }) => id },
    ),
    moves: fc.array(
      fc.record({
        id: evil,
        from: fc.nat(),
        to: fc.array(fc.nat(), { maxLength: 3 }),
        event: evil,
        guard: fc.option(evil),
        action: evil,
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ machine, states, moves }) => {
    const idOf = (n: number): string => states[n % states.length]?.id ?? '';
    const nodes = states.map(({ id, kind, on, text }, n) =>
      node(id, {
        ...{ kind, description: text },
        ...(n > 0 && { parent: states[on % n]?.id ?? null }),
        initial: on % 3 === 0 ? idOf(on) : null,
      }),
    );
    const edges = moves.map(({ id, from, to, event, guard, action }) =>
      edge(id, idOf(from), to.map(idOf), { event, guard, actions: [action] }),
    );
    return { machine, nodes, edges };
  });

const attribute = /^\s+([\w-]+)="[^"<>]*"/;

/** Every tag has closed attributes, and none that runs a script or links elsewhere. */
function expectTame(svg: string): void {
  expect(svg.isWellFormed()).toBe(true);
  expect(svg).not.toMatch(/"(?:NaN|undefined|-?Infinity)"/);
  for (const [, name = '', inside = ''] of svg.matchAll(/<(\/?[^\s>/]*)([^>]*)>/g)) {
    expect(name).toMatch(
      /^\/?(?:svg|g|rect|path|text|tspan|title|desc|style|circle|line|polygon)$/,
    );
    let left = inside.replace(/\s*\/$/, '');
    for (let one = attribute.exec(left); one; one = attribute.exec(left)) {
      expect(one[1]).not.toMatch(/^on|href|^src$/i);
      left = left.slice(one[0].length);
    }
    expect(left.trim()).toBe('');
  }
}

/** Every DOT string is closed, with any contents. */
function expectClosed(dot: string): void {
  const bare = dot.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '');
  expect(bare).not.toContain('"');
  expect(bare.match(/\{/g)?.length).toBe(bare.match(/\}/g)?.length);
}

test('any chart is printed as text, or is not a chart', () =>
  fuzz(
    fc.oneof(forged, mutated(fc.constantFrom(chartOf(runMachine), chartOf(everything)))),
    (one) => {
      const chart = typeof one === 'string' ? republished(one) : published(one);
      if (!chart) return;
      expectClosed(dotOf(chart));
      const lines = mermaidOf(chart).split('\n');
      for (const line of lines) {
        expect(line).toMatch(
          /^(?:stateDiagram-v2| {2}direction TB|\s*(?:--|\}|\[\*\] --> \w+|\w+ --> (?:\w+|\[\*\])(?:: .*)?|state ".*" as \w+(?: \{)?))?$/,
        );
      }
      for (const state of treeOf(chart).all) expect(pathOf(state).length).toBe(state.depth + 1);
      expect(textTree(chart, {}).length).toBeGreaterThan(0);
      expect(buildDiagram(chart, []).boxes.length).toBeLessThanOrEqual(chart.nodes.length);
    },
  ));

/** The chart changed as text, under its new hash. */
function republished(text: string): Chart | undefined {
  try {
    return published(JSON.parse(text));
  } catch {
    return undefined;
  }
}

test('any chart is a picture without scripts, or is reported as not drawable', () =>
  fuzz(
    forged,
    async (one) => {
      const chart = published(one);
      if (!chart) return;
      const layout = await foreseen(() => layoutChart(chart));
      if (layout instanceof Fault) expect(layout.code).toBe('not-drawn');
      else expectTame(svgOf(layout, { theme: 'dark' }));
    },
    { runs: 10 },
  ));

const root = node('m', { kind: 'compound' });
const deep = Array.from({ length: 20_000 }, (_, n) =>
  node(`s${n}`, { kind: 'compound', parent: n === 0 ? null : `s${n - 1}` }),
);
const many = Array.from({ length: 30_000 }, (_, n) => node(`s${n}`, { parent: 'm' }));

test.each([
  ['nested deeper than the limit', deep, []],
  ['with more states than the limit', [root, ...many], []],
  [
    'with more transitions than the limit',
    [root],
    Array.from({ length: 100_000 }, (_, n) => edge(`${n}`, 'm', ['m'])),
  ],
  ['with a transition to thousands of states', [root], [edge('e', 'm', Array(10_000).fill('m'))]],
  ['with a name of one megabyte', [root, node('x'.repeat(1_000_000), { parent: 'm' })], []],
  ['with the same state twice', [root, node('a', { parent: 'm' }), node('a', { parent: 'm' })], []],
  ['with a state in itself', [root, node('a', { parent: 'a' })], []],
  [
    'with two states inside each other',
    [root, node('a', { parent: 'b' }), node('b', { parent: 'a' })],
    [],
  ],
  ['with a state under an unknown parent', [root, node('a', { parent: 'elsewhere' })], []],
  ['with two machines', [root, node('a')], []],
  ['with a transition from an unknown state', [root], [edge('e', 'elsewhere', ['m'])]],
  ['with a transition to an unknown state', [root], [edge('e', 'm', ['__proto__'])]],
  ['without states', [], []],
] as const)('a chart %s is refused', (_, nodes, edges) => {
  const began = performance.now();
  expect(published({ machine: 'm', nodes, edges })).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(5000);
});

test('the charts of the shipped machines are read unchanged', () => {
  for (const machine of [runMachine, collectorMachine, everything]) {
    const chart = chartOf(machine);
    expect(published(chart)).toEqual(chart);
  }
});
