import type { Direction } from './elk-graph.ts';
import { type Variant, variants } from './layout-variants.ts';
import { pinnedLayouts } from './pinned-layouts-data.ts';

/** What is drawn, as a name: of a chart with some states collapsed, in a direction. */
export const diagramName = (
  hash: string,
  collapsed: readonly string[],
  direction: Direction,
): string => [hash, direction, ...[...collapsed].sort()].join(' ');

/** The one way to lay out this picture, where it is known. */
export function pinnedLayout(
  hash: string,
  collapsed: readonly string[],
  direction: Direction,
): readonly Variant[] | undefined {
  const name = pinnedLayouts[diagramName(hash, collapsed, direction)];
  const variant = variants.find((one) => one.name === name);
  return variant && [variant];
}
