import { labelText } from '../model/transition-label.ts';
import type { Box, DiagramEdge, InnerLabelLine, LabelLine } from './diagram.ts';
import { type Font, widthOf } from './text-width.ts';

/** Pixels. What the layout reserves and the writer draws is measured here, for both. */
export const measures = {
  name: { size: 13.5, weight: 600 } as const satisfies Font,
  event: { size: 12, weight: 500 } as const satisfies Font,
  text: { size: 12, weight: 400 } as const satisfies Font,
  count: { size: 10.5, weight: 600 } as const satisfies Font,
  title: { size: 18, weight: 600 } as const satisfies Font,
  /** Above the picture, with the machine's name and hash. */
  titleHeight: 52,
  margin: 20,
  /** Left and right of what a box says. */
  inset: 14,
  nameHeight: 34,
  rowHeight: 19,
  /** Below the rows of a box. */
  foot: 8,
  /** Where a count goes, whether there is one or not: counts that come and go move nothing. */
  pill: { width: 34, height: 16, gap: 6 },
  icon: 16,
  dot: 11,
  history: 26,
} as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

const pillRoom = measures.pill.gap + measures.pill.width;

/** A box without what is inside it. */
export function sizeOf({ kind, name, rows, collapsed }: Box): Size {
  if (kind === 'history') return { width: measures.history, height: measures.history };
  const marked = kind === 'final' || kind === 'parallel' || collapsed;
  const width = widthOf(name, measures.name) + (marked ? measures.icon + 4 : 0) + pillRoom;
  const widest = Math.max(width, 36 + pillRoom, ...rows.map(innerWidth));
  const below = rows.length > 0 ? rows.length * measures.rowHeight + measures.foot : 6;
  return {
    width: Math.ceil(widest + 2 * measures.inset),
    height: measures.nameHeight + below,
  };
}

const innerWidth = (row: InnerLabelLine): number =>
  measures.icon + widthOf(labelText(row), measures.event) + pillRoom;

/** What stands on a line: its rows, one below the other. */
export const labelSize = ({ rows }: DiagramEdge): Size => ({
  width: Math.ceil(Math.max(...rows.map((row) => labelWidth(row) + pillRoom))),
  height: rows.length * measures.rowHeight,
});

/** The text of a row on a line; its actions are told in words, when it is pointed at. */
export function labelWidth({ trigger, event, guard }: LabelLine): number {
  const icon = trigger === 'event' ? 0 : measures.icon;
  const condition = guard === null ? 0 : 5 + widthOf(`[${guard}]`, measures.text);
  return icon + widthOf(event, measures.event) + condition;
}
