import { ApiError } from '../../../adapters/http-server/api-error.ts';
import type { Layout } from '../../../charts/layout/layout.ts';
import type { Chart } from '../../../charts/model/chart-data.ts';
import { type TreeNode, treeOf } from '../../../charts/model/state-tree.ts';
import { svgOf } from '../../../charts/svg/svg.ts';
import type { Theme } from '../../../charts/svg/theme.ts';

/**
 * Draws a chart with some of its states collapsed.
 * @throws {Fault} `not-drawn` @throws {ApiError} `bad-request`, `too-busy`
 */
export type Draw = (chart: Chart, collapsed: readonly string[], theme: Theme) => Promise<Buffer>;

/** Maximum number of cached layouts, the latest used. Each set of collapsed states has its own layout. */
const kept = 64;
/** Maximum number of waiting layouts. Each takes a thread about a second, and any client may request one. */
const waiting = 8;

/** Computes each layout once, one at a time. A chart with a given hash never changes. */
export function chartImageCache(
  layoutOf: (chart: Chart, collapsed: readonly string[]) => Promise<Layout>,
): Draw {
  const layouts = new Map<string, Promise<Layout>>();
  let turn: Promise<unknown> = Promise.resolve();
  let queued = 0;
  const laidOut = (chart: Chart, closed: readonly string[]): Promise<Layout> => {
    const key = JSON.stringify([chart.hash, ...closed]);
    const known = layouts.get(key);
    if (known !== undefined) {
      layouts.delete(key);
      layouts.set(key, known);
      return known;
    }
    if (queued >= waiting)
      throw new ApiError('too-busy', 'too many charts are waiting to be drawn: try again later');
    queued += 1;
    const layout = turn.then(() => layoutOf(chart, closed));
    turn = layout
      .catch(() => layouts.delete(key))
      .then(() => {
        queued -= 1;
      });
    layouts.set(key, layout);
    if (layouts.size > kept) layouts.delete(layouts.keys().next().value ?? '');
    return layout;
  };
  return async (chart, collapsed, theme) => {
    const layout = await laidOut(chart, closedIn(chart, collapsed));
    return Buffer.from(svgOf(layout, { theme }));
  };
}

/**
 * The collapsed states that identify an image, sorted, without states inside another collapsed state.
 * @throws {ApiError} `bad-request` for a state without child states
 */
export function closedIn(chart: Chart, collapsed: readonly string[]): readonly string[] {
  const tree = treeOf(chart);
  const closed = new Set(collapsed);
  const isInClosed = ({ parent }: TreeNode): boolean =>
    parent !== undefined && (closed.has(parent.node.id) || isInClosed(parent));
  return [...closed]
    .filter((id) => {
      const one = tree.get(id);
      if (one && one.children.length > 0) return !isInClosed(one);
      throw new ApiError(
        'bad-request',
        `collapsed: must be states of ${chart.machine} that have child states`,
      );
    })
    .sort();
}
