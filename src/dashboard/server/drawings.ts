import type { Chart } from '../../charts/chart.ts';
import type { Layout } from '../../charts/layout.ts';
import { svgOf } from '../../charts/svg.ts';
import type { Theme } from '../../charts/theme.ts';

/** A chart as a picture, some of its states closed. @throws {Fault} `not-drawn` */
export type Draw = (chart: Chart, collapsed: readonly string[], theme: Theme) => Promise<Buffer>;

/** So many pictures are kept; there are as many as ways to close states. */
const kept = 64;

/** Draws each picture once: what a hash names never changes. */
export function drawings(
  layoutOf: (chart: Chart, collapsed: readonly string[]) => Promise<Layout>,
): Draw {
  const drawn = new Map<string, Promise<Buffer>>();
  return (chart, collapsed, theme) => {
    const states = collapsed.filter((id) => chart.nodes.some((node) => node.id === id)).sort();
    const key = [chart.hash, theme, ...states].join();
    const known = drawn.get(key);
    if (known !== undefined) return known;
    const drawing = layoutOf(chart, states).then((layout) => Buffer.from(svgOf(layout, { theme })));
    drawn.set(key, drawing);
    if (drawn.size > kept) drawn.delete(drawn.keys().next().value ?? '');
    drawing.catch(() => drawn.delete(key));
    return drawing;
  };
}
