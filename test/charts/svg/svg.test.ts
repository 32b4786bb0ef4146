import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { instanceMachine } from '../../../machines/instance.ts';
import { runMachine } from '../../../machines/run.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { layoutChart } from '../../../src/adapters/chart-rendering/elk-layout.ts';
import type { Layout } from '../../../src/charts/layout/layout.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { activeStates, countText } from '../../../src/charts/model/overlay.ts';
import { attributeWord, escapeXml } from '../../../src/charts/svg/escape-xml.ts';
import { stylesheet } from '../../../src/charts/svg/stylesheet.ts';
import { svgOf } from '../../../src/charts/svg/svg.ts';
import { variablesOf } from '../../../src/charts/svg/theme.ts';
import { everything } from '../everything.ts';

/** Loading ELK takes a second, and longer on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

const run = chartOf(runMachine);
const session = chartOf(sessionMachine);
const instance = chartOf(instanceMachine);
const hostile = chartOf(everything);
const suspected = 'run.present.sight.clear|suspected|0';

const attribute = (id: string) => escapeXml(attributeWord(id));

describe('an SVG', () => {
  test('of the same layout has the same bytes', async () => {
    const hashes = new Set<string>();
    for (let n = 0; n < 3; n += 1) {
      const svg = svgOf(await layoutChart(hostile), { theme: 'dark' });
      hashes.add(createHash('sha256').update(svg).digest('hex'));
    }
    expect(hashes.size).toBe(1);
  });

  test('has the id of every state and transition, without white space', async () => {
    const svg = svgOf(await layoutChart(hostile), { theme: 'css' });
    const ids = [...svg.matchAll(/data-edge="([^"]*)"/g)].flatMap(([, list = '']) =>
      list.split(' '),
    );
    for (const { id } of hostile.edges) expect(ids).toContain(attribute(id));
    for (const { id } of hostile.nodes) expect(svg).toContain(`data-node="${attribute(id)}"`);
  });

  test('has names as text, never as markup', async () => {
    const svg = svgOf(await layoutChart(hostile), { theme: 'light' });
    expect(elementsOf(svg)).toEqual(
      ['circle', 'g', 'path', 'rect', 'style', 'svg', 'text', 'title', 'tspan'].sort(),
    );
    expect(svg).toContain('&#60;b&#62;bold&#60;/b&#62;');
    expect(balanced(svg)).toBe(true);
  });

  test('has the description of a state, and the actions of a transition', async () => {
    const svg = svgOf(await layoutChart(session), { theme: 'light' });
    expect(textsIn(svg, 'about')).toContain('Renews, registers and deregisters,');
    expect(textsIn(svg, 'actions')).toContain('/ keep the cause, release-lease');
  });

  test('has at most six lines of a description', async () => {
    const description = 'word '.repeat(500);
    const nodes = run.nodes.map((one) => ({ ...one, description }));
    const svg = svgOf(await layoutChart({ ...run, nodes }), { theme: 'light' });
    const lines = textsIn(svg, 'about');
    expect(lines.slice(0, 6)).toEqual([...Array(5).fill(lines[0]), '…']);
  });

  test('draws lines that meet from each state, and on to the target once', async () => {
    const { junctions } = await layoutChart(instance);
    const removed = junctions.find(({ target }) => target === 'instance.removed');
    expect(removed?.inlets.map(({ source }) => source)).toEqual([
      'instance.serving',
      'instance.failing',
      'instance.draining',
    ]);
    const ends = removed?.inlets.map(({ points }) => points.at(-1));
    expect(new Set(ends?.map((end) => JSON.stringify(end))).size).toBe(1);
    const svg = svgOf(await layoutChart(instance), { theme: 'light' });
    expect(svg.match(/>removed<\/tspan>/g)).toHaveLength(1);
    for (const { edges } of removed?.inlets ?? [])
      expect(svg).toContain(`<g class="line" data-edge="${edges.map(attribute).join(' ')}">`);
  });

  test('can be drawn from a layout that was sent as JSON', async () => {
    const layout = await layoutChart(run);
    expect(JSON.parse(JSON.stringify(layout))).toEqual(layout);
    expect(svgOf(JSON.parse(JSON.stringify(layout)) as Layout, { theme: 'light' })).toBe(
      svgOf(layout, { theme: 'light' }),
    );
  });

  test('of the css theme has no colours; its stylesheet uses every variable', async () => {
    const svg = svgOf(await layoutChart(run), { theme: 'css' });
    expect(svg).not.toMatch(/style|#[0-9a-f]{6}\b(?!<)/);
    const used = new Set(
      [...stylesheet('css').matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name),
    );
    const given = [...variablesOf('dark').matchAll(/^(--[\w-]+):/gm)].map(([, name]) => name);
    expect([...used].sort()).toEqual(given.sort());
    expect(stylesheet('light')).not.toContain('var(');
  });
});

describe('an overlay', () => {
  const value = { present: { phase: 'live', sight: 'suspect' } };

  test('has the ancestors of an active state as active', () => {
    expect(activeStates(run, value)).toEqual([
      ...['run', 'run.present', 'run.present.phase', 'run.present.phase.live'],
      ...['run.present.sight', 'run.present.sight.suspect'],
    ]);
    expect(activeStates(run, 'expired')).toEqual(['run', 'run.expired']);
    expect(activeStates(run, { nowhere: 'at all' })).toEqual([]);
  });

  test('highlights active states, and the edge and label of the last transition, only', async () => {
    const layout = await layoutChart(run);
    const svg = svgOf(layout, {
      theme: 'css',
      overlay: { mode: 'one', active: activeStates(run, value), last: [suspected] },
    });
    const idsWith = (name: string) =>
      [...svg.matchAll(/<g class="([^"]*)" data-(?:node|edge)="([^"]*)"/g)]
        .filter(([, classes = '']) => classes.split(' ').includes(name))
        .map(([, , id]) => id);
    expect(idsWith('active')).toEqual(activeStates(run, value).slice(1));
    expect(idsWith('last')).toEqual([suspected, suspected]);
  });

  test('with counts moves nothing', async () => {
    const layout = await layoutChart(run);
    const coordinates = (svg: string) =>
      [...svg.matchAll(/ (?:x|y|d|width|cx|cy)="[^"]*"/g)].join('');
    const edges = Object.fromEntries(run.edges.map(({ id }, n) => [id, 10 ** (n % 9)]));
    const withCounts = svgOf(layout, {
      theme: 'css',
      overlay: { mode: 'fleet', counts: { edges, nodes: { 'run.expired': 12_345 } } },
    });
    expect(coordinates(withCounts)).toBe(coordinates(svgOf(layout, { theme: 'css' })));
    expect(withCounts).toContain('>12k</text>');
  });

  test('adds the counts of transitions that share a label', async () => {
    const layout = await layoutChart(run, { collapsed: ['run.present'] });
    const edge = layout.edges.find(({ target }) => target === 'run.left');
    expect(edge).toBeDefined();
    const svg = svgOf(layout, {
      theme: 'css',
      overlay: { mode: 'fleet', counts: { edges: { 'run.present.phase.leaving|left|0': 41 } } },
    });
    expect(svg).toContain('>41</text>');
  });

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.0k'],
    [9949, '9.9k'],
    [9950, '10k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [3_400_000, '3.4M'],
    [10 ** 15, '∞'],
  ])('shows a count of %i as %s', (count, text) => {
    expect(countText(count)).toBe(text);
  });
});

const textsIn = (svg: string, name: string) =>
  [...svg.matchAll(new RegExp(`<text class="${name}"[^>]*>([^<]*)`, 'g'))].map(([, text]) => text);

const elementsOf = (svg: string) =>
  [...new Set([...svg.matchAll(/<(\w+)/g)].map(([, name]) => name))].sort();

/** Whether every element is closed in the right order. */
function balanced(svg: string): boolean {
  const open: string[] = [];
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (close) {
      if (open.pop() !== name) return false;
    } else if (!self) open.push(name);
  }
  return open.length === 0;
}
