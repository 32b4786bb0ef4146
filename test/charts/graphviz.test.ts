import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { beforeAll, describe, expect, test } from 'vitest';
import { chartOf } from '../../src/charts/model/chart.ts';
import type { Chart } from '../../src/charts/model/chart-data.ts';
import { treeOf } from '../../src/charts/model/state-tree.ts';
import { labelOf, labelText } from '../../src/charts/model/transition-label.ts';
import { dotOf } from '../../src/charts/text/dot.ts';
import { examples } from '../machines/examples.ts';
import { everything } from './everything.ts';

const charts = [...examples.map(({ machine }) => chartOf(machine)), chartOf(everything)];

let graphviz: Graphviz;
beforeAll(async () => {
  graphviz = await Graphviz.load();
}, 60_000);

const svgOf = (chart: Chart) => parseSvg(graphviz.layout(dotOf(chart), 'svg', 'dot'));

describe.each(charts)('in a Graphviz picture of the $machine machine,', (chart) => {
  test('every state is inside its parent and no other state', () => {
    const { boxes } = svgOf(chart);
    for (const { node, parent } of treeOf(chart).all.slice(1)) {
      const box = boxes.get(node.id);
      expect(box, node.id).toBeDefined();
      if (!parent?.parent) continue;
      expect(inside(box, boxes.get(parent.node.id)), node.id).toBe(true);
    }
    for (const { node } of treeOf(chart).all.slice(1)) {
      for (const [other, box] of boxes) {
        if (other === node.id || node.id.startsWith(`${other}.`)) continue;
        if (!other.startsWith(`${node.id}.`)) expect(inside(box, boxes.get(node.id))).toBe(false);
      }
    }
  });

  test('every transition has its label, source and target', () => {
    const expected = chart.edges.flatMap((edge) =>
      (edge.targets.length === 0 ? [edge.source] : edge.targets).map(
        (target) => `${edge.source} -> ${target}: ${labelText(labelOf(edge))}`,
      ),
    );
    const drawn = svgOf(chart).lines.map(({ from, to, label }) => `${from} -> ${to}: ${label}`);
    expect(drawn.filter((line) => !line.endsWith(': ')).sort()).toEqual(expected.sort());
  });

  test('edges end at the borders of states, and labels do not overlap', () => {
    const { boxes, lines } = svgOf(chart);
    for (const { from, to, end } of lines) {
      const box = boxes.get(to);
      const isFromOutside = from !== to && !from.startsWith(`${to}.`);
      if (box && end && isFromOutside) expect(depth(end, box), `${from} -> ${to}`).toBeLessThan(2);
    }
    const labels = lines.flatMap(({ text }) => text ?? []);
    for (const [index, label] of labels.entries()) {
      for (const other of labels.slice(index + 1)) {
        const apart = Math.abs(label.x - other.x) > 10 || Math.abs(label.y - other.y) > 8;
        expect(apart, `${JSON.stringify(label)} overlaps ${JSON.stringify(other)}`).toBe(true);
      }
    }
  });
});

type Point = readonly [number, number];

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The coordinates in Graphviz's SVG, by state id; clusters included. */
function parseSvg(svg: string) {
  const groups = [
    ...svg.matchAll(/<g id="[^"]*" class="(\w+)">\n<title>(.*?)<\/title>\n(.*?)<\/g>/gs),
  ];
  const boxes = new Map<string, Box>();
  const lines: {
    from: string;
    to: string;
    label: string;
    end: Point | undefined;
    text: { x: number; y: number } | undefined;
  }[] = [];
  for (const [, type, title = '', body = ''] of groups) {
    const name = plain(title);
    if (type === 'cluster') boxes.set(name.replace(/^cluster /, ''), boxOf(pointsIn(body)));
    // The invisible node of a cluster and the dot of an initial state are no states.
    if (type === 'node' && body !== '' && !boxes.has(name) && !name.endsWith(' begins')) {
      boxes.set(name, boxOf(pointsIn(body)));
    }
    if (type !== 'edge') continue;
    const [from = '', to = ''] = name.split('->');
    const text = /<text [^>]*x="([-\d.]+)" y="([-\d.]+)"/.exec(body);
    lines.push({
      from: from.replace(/ begins$/, ''),
      to: to.replace(/ begins$/, ''),
      label: plain(/<text[^>]*>(.*?)<\/text>/s.exec(body)?.[1] ?? '').trim(),
      end: tipOf(body),
      text: text ? { x: Number(text[1]), y: Number(text[2]) } : undefined,
    });
  }
  return { boxes, lines };
}

const plain = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replaceAll('\u00a0', ' ');

function pointsIn(body: string): readonly Point[] {
  const ellipse = /<ellipse [^>]*cx="(\S+)" cy="(\S+)" rx="(\S+)" ry="(\S+)"/.exec(body);
  if (ellipse) {
    const [x = 0, y = 0, rx = 0, ry = 0] = ellipse.slice(1).map(Number);
    return [
      [x - rx, y - ry],
      [x + rx, y + ry],
    ];
  }
  return [...body.matchAll(/ (?:d|points)="([^"]*)"/g)].flatMap(([, text = '']) =>
    [...text.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]): Point => [Number(x), Number(y)]),
  );
}

function boxOf(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return {
    ...{ left: Math.min(...xs), top: Math.min(...ys) },
    ...{ right: Math.max(...xs), bottom: Math.max(...ys) },
  };
}

const inside = (inner: Box | undefined, outer: Box | undefined): boolean =>
  inner !== undefined &&
  outer !== undefined &&
  inner.left >= outer.left &&
  inner.right <= outer.right &&
  inner.top >= outer.top &&
  inner.bottom <= outer.bottom;

/** The distance of a point from the border of a box; negative outside. */
const depth = ([x, y]: Point, { left, top, right, bottom }: Box): number =>
  Math.min(x - left, right - x, y - top, bottom - y);

/** The tip of an arrow: the second corner of Graphviz's polygon. */
const tipOf = (body: string): Point | undefined =>
  pointsIn(/<polygon[^>]*>/.exec(body)?.[0] ?? '')[1];
