import type { Layout } from '../../../charts/layout/layout.ts';
import type { Chart } from '../../../charts/model/chart.ts';
import { type TreeNode, treeOf } from '../../../charts/model/state-tree.ts';
import { svgOf } from '../../../charts/svg/svg.ts';
import type { Theme } from '../../../charts/svg/theme.ts';
import { HttpError } from '../http/http-error.ts';

/**
 * A chart as a picture, some of its states closed.
 * @throws {Fault} `not-drawn` @throws {HttpError} `bad-request`, `too-busy`
 */
export type Draw = (chart: Chart, collapsed: readonly string[], theme: Theme) => Promise<Buffer>;

/** So many layouts are kept, those asked for last; a chart has as many as ways to close its states. */
const kept = 64;
/** So many may wait for their turn: each is a second's work of a thread, and anybody may ask. */
const waiting = 8;

/** Lays out each picture once, one after the other: what a hash names never changes. */
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
    if (queued >= waiting) throw new HttpError('too-busy', 'too many pictures are being drawn');
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
 * The closed states by which a picture is known: without what is inside another closed one, in one order.
 * @throws {HttpError} `bad-request` for what is no state that holds others
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
      throw new HttpError(
        'bad-request',
        `collapsed: not a state of ${chart.machine} with others in it`,
      );
    })
    .sort();
}
