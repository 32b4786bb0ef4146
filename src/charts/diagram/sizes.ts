import { labelText } from '../model/transition-label.ts';
import type { Box, DiagramEdge, InnerLabelLine, LabelLine } from './diagram.ts';
import { type Font, widthOf } from './text-width.ts';

/** Sizes in pixels, for the layout and for the SVG. */
export const measures = {
  name: { size: 13.5, weight: 600 } as const satisfies Font,
  event: { size: 12, weight: 500 } as const satisfies Font,
  text: { size: 12, weight: 400 } as const satisfies Font,
  count: { size: 10.5, weight: 600 } as const satisfies Font,
  title: { size: 18, weight: 600 } as const satisfies Font,
  /** The space above the picture, for the machine's name and hash. */
  titleHeight: 52,
  margin: 20,
  /** Left and right of the text in a box. */
  inset: 14,
  nameHeight: 34,
  lineHeight: 19,
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
export function sizeOf({ kind, name, labelLines, collapsed }: Box): Size {
  if (kind === 'history') return { width: measures.history, height: measures.history };
  const hasIcon = kind === 'final' || kind === 'parallel' || collapsed;
  const width = widthOf(name, measures.name) + (hasIcon ? measures.icon + 4 : 0) + badgeSpace;
  const widest = Math.max(width, 36 + badgeSpace, ...labelLines.map(innerWidth));
  const below = labelLines.length > 0 ? labelLines.length * measures.lineHeight + measures.foot : 6;
  return {
    width: Math.ceil(widest + 2 * measures.inset),
    height: measures.nameHeight + below,
  };
}

const innerWidth = (line: InnerLabelLine): number =>
  measures.icon + widthOf(labelText(line), measures.event) + badgeSpace;

/** The size of an edge's label: its lines, one below the other. */
export const labelSize = ({ labelLines }: DiagramEdge): Size => ({
  width: Math.ceil(Math.max(...labelLines.map((line) => labelWidth(line) + badgeSpace))),
  height: labelLines.length * measures.lineHeight,
});

/** The width of a label line of an edge. Its actions are only in the tooltip. */
export function labelWidth({ trigger, event, guard }: LabelLine): number {
  const icon = trigger === 'event' ? 0 : measures.icon;
  const condition = guard === null ? 0 : 5 + widthOf(`[${guard}]`, measures.text);
  return icon + widthOf(event, measures.event) + condition;
}
