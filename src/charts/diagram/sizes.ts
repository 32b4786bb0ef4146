import { labelText } from '../model/transition-label.ts';
import type { Box, InnerLabelLine, LabelLine } from './diagram.ts';
import { type Font, widthOf, wrapped } from './text-width.ts';

/** Sizes in pixels, for the layout and for the SVG. */
export const measures = {
  name: { size: 13.5, weight: 600 } as const satisfies Font,
  event: { size: 12, weight: 500 } as const satisfies Font,
  text: { size: 12, weight: 400 } as const satisfies Font,
  /** Descriptions of states, and actions of transitions. */
  small: { size: 11, weight: 400 } as const satisfies Font,
  count: { size: 10.5, weight: 600 } as const satisfies Font,
  title: { size: 18, weight: 600 } as const satisfies Font,
  /** The space above the picture, for the machine's name and hash. */
  titleHeight: 52,
  margin: 20,
  /** Left and right of the text in a box. */
  inset: 14,
  nameHeight: 34,
  lineHeight: 19,
  smallLineHeight: 14,
  /** Descriptions and actions are wrapped at this width. */
  smallWidth: 190,
  /** Below the label lines of a box. */
  foot: 8,
  /** Space for a count. Always reserved, so that a new count moves nothing. */
  badge: { width: 34, height: 16, gap: 6 },
  icon: 16,
  dot: 11,
  history: 26,
} as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

const badgeSpace = measures.badge.gap + measures.badge.width;

/** The size of a box without its inner states. */
export function sizeOf(box: Box): Size {
  const { kind, name, labelLines, collapsed } = box;
  if (kind === 'history') return { width: measures.history, height: measures.history };
  const hasIcon = kind === 'final' || kind === 'parallel' || collapsed;
  const width = widthOf(name, measures.name) + (hasIcon ? measures.icon + 4 : 0) + badgeSpace;
  const about = descriptionLines(box);
  const widest = Math.max(
    ...[width, 36 + badgeSpace, ...about.map(smallWidthOf)],
    ...labelLines.map(innerWidth),
  );
  const below = labelLines.length > 0 ? labelLines.length * measures.lineHeight + measures.foot : 6;
  return {
    width: Math.ceil(widest + 2 * measures.inset),
    height: measures.nameHeight + descriptionHeight(box) + below,
  };
}

/** The description of a state as it is drawn below the name. The tooltip has all of it. */
export function descriptionLines({ description }: Box): readonly string[] {
  if (description === null) return [];
  const lines = wrapped(description, measures.small, measures.smallWidth);
  return lines.length > mostLines ? [...lines.slice(0, mostLines - 1), '…'] : lines;
}

const mostLines = 6;

/** The height of the description, with the space below it. */
export const descriptionHeight = (box: Box): number => {
  const { length } = descriptionLines(box);
  return length === 0 ? 0 : length * measures.smallLineHeight + 4;
};

const smallWidthOf = (line: string): number => widthOf(line, measures.small);

const innerWidth = (line: InnerLabelLine): number =>
  measures.icon + widthOf(labelText(line), measures.event) + badgeSpace;

/** The size of an edge's label: its lines, one below the other. */
export const labelSize = ({ labelLines }: { readonly labelLines: readonly LabelLine[] }): Size => ({
  width: Math.ceil(
    Math.max(
      ...labelLines.flatMap((line) => [labelWidth(line), ...actionLines(line).map(smallWidthOf)]),
    ) + badgeSpace,
  ),
  height: labelLines.reduce((sum, line) => sum + labelHeight(line), 0),
});

/** The height of a label line of an edge with its actions. */
export const labelHeight = (line: LabelLine): number =>
  measures.lineHeight + actionLines(line).length * measures.smallLineHeight;

/** The actions of a transition as they are drawn below its event. */
export const actionLines = ({ actions }: LabelLine): readonly string[] =>
  actions.length === 0
    ? []
    : wrapped(`/ ${actions.join(', ')}`, measures.small, measures.smallWidth);

/** The width of the event and guard of an edge. */
export function labelWidth({ trigger, event, guard }: LabelLine): number {
  const icon = trigger === 'event' ? 0 : measures.icon;
  const condition = guard === null ? 0 : 5 + widthOf(`[${guard}]`, measures.text);
  return icon + widthOf(event, measures.event) + condition;
}
