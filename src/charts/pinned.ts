import type { Direction } from './elk-graph.ts';
import { type Variant, variants } from './variants.ts';

/** The ways that were found best for our own machines, by what is drawn. */
const pinned: Readonly<Record<string, string>> = {};

/** What is drawn, as a name: of a chart with some states collapsed, in a direction. */
export const pictureName = (
  hash: string,
  collapsed: readonly string[],
  direction: Direction,
): string => [hash, direction, ...[...collapsed].sort()].join(' ');

/** The one way to lay out this picture, and behind it the one that always works. */
export function pinnedFor(
  hash: string,
  collapsed: readonly string[],
  direction: Direction,
): readonly Variant[] | undefined {
  const name = pinned[pictureName(hash, collapsed, direction)];
  const variant = variants.find((one) => one.name === name);
  return variant && [variant];
}
