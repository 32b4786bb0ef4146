import type { LabelLine } from '../diagram/diagram.ts';
import { labelWidth, measures } from '../diagram/sizes.ts';
import { widthOf } from '../diagram/text-width.ts';
import type { Area, InitialArrow, Layout, LayoutEdge } from '../layout/layout.ts';
import type { Overlay } from '../model/overlay.ts';
import { countBadge } from './count-badge.ts';
import { arrowHeadPath, edgePath, number } from './edge-path.ts';
import { attributeWord, escapeXml } from './escape-xml.ts';
import { highlightAttributes, type Marks } from './highlights.ts';
import { icons } from './icons.ts';
import { svgBox } from './state-box.ts';
import { stylesheet } from './stylesheet.ts';
import type { Theme } from './theme.ts';
import { tooltipText } from './tooltip.ts';

export interface SvgOptions {
  readonly theme: Theme;
  readonly overlay?: Overlay;
}

/**
 * A layout as SVG: the same text each time.
 *
 * `light` and `dark` carry their style; `css` has classes only and is drawn by `stylesheet('css')` in
 * the page. A page marks what is going on by patching classes and texts, and never lays out again:
 *
 * - a state: `[data-node="<id>"]`; class `active` on it while it is active (with all that hold it);
 * - a transition: `[data-edge~="<id>"]`, the row it is told in and the line that it shares; class `last`
 *   on both for the one taken last, `untaken` on those to stand back. White space and `%` in an id are
 *   written as in a URL (`attributeWord`);
 * - a count: the `text` in the `.pill` of a state or a row (`countText`), and class `none` off it.
 *   Its room is always there.
 */
export function svgOf(layout: Layout, { theme, overlay }: SvgOptions): string {
  const { machine, hash, width, height } = layout;
  const marks = highlightAttributes(overlay);
  const counted = theme === 'css' || overlay?.counts !== undefined;
  const { margin, title } = measures;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rollcall-chart theme-${theme}" data-machine="${escapeXml(machine)}" data-hash="${escapeXml(hash)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(`The ${machine} machine, ${hash}`)}</title>`,
    ...(theme === 'css' ? [] : [`<style>${escapeXml(stylesheet(theme))}</style>`]),
    ...(theme === 'css' ? [] : [`<rect class="paper" width="${width}" height="${height}"/>`]),
    `<text class="title" x="${margin}" y="34">${escapeXml(machine)}</text>`,
    `<text class="hash" x="${number(margin + widthOf(machine, title) + 10)}" y="34">#${escapeXml(hash)}</text>`,
    ...layout.boxes.map((box) => svgBox(box, marks)),
    ...layout.starts.map(svgStart),
    ...layout.lines.map((line) => svgLine(line, marks, counted)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function svgStart({ target, dot, points }: InitialArrow): string {
  return (
    `<g class="start" data-start="${escapeXml(attributeWord(target))}">` +
    `<circle class="dot" cx="${number(dot.x)}" cy="${number(dot.y)}" r="${measures.dot / 2}"/>` +
    `<path class="way" d="${edgePath(points, undefined)}"/><path class="head" d="${arrowHeadPath(points)}"/></g>`
  );
}

function svgLine({ rows, points, label }: LayoutEdge, marks: Marks, counted: boolean): string {
  const edges = rows.flatMap((row) => row.edges);
  const attributes = marks.edge('line', edges);
  const words = { ...label, y: label.y - 1, height: label.height + 2 };
  return [
    `<g ${attributes}>`,
    `<path class="way" d="${edgePath(points, words)}"/><path class="head" d="${arrowHeadPath(points)}"/>`,
    ...rows.map((row, n) => svgRow(row, { label, n, counted }, marks)),
    '</g>',
  ].join('');
}

/**
 * Its words in the middle of their line; where counts may come they make room for one at once, so that it
 * moves nothing when it comes.
 */
function svgRow(
  row: LabelLine,
  { label, n, counted }: { readonly label: Area; readonly n: number; readonly counted: boolean },
  marks: Marks,
): string {
  const { pill: room, rowHeight } = measures;
  const y = label.y + n * rowHeight + rowHeight / 2;
  const own = labelWidth(row) + (counted ? room.gap + room.width : 0);
  let x = label.x + (label.width - own) / 2;
  const pillX = x + labelWidth(row) + room.gap;
  const icon =
    row.trigger === 'event'
      ? ''
      : `<path class="icon" transform="translate(${number(x + 6)} ${number(y)})" d="${icons[row.trigger]}"/>`;
  if (icon !== '') x += measures.icon;
  const afterEvent = x + widthOf(row.event, measures.event) + 5;
  const guard =
    row.guard === null
      ? ''
      : `<text class="guard" x="${number(afterEvent)}" y="${number(y + 4)}">${escapeXml(`[${row.guard}]`)}</text>`;
  return (
    `<g ${marks.edge(`row ${row.trigger}`, row.edges)}>` +
    `<title>${escapeXml(tooltipText(row))}</title>${icon}` +
    `<text class="event" x="${number(x)}" y="${number(y + 4)}">${escapeXml(row.event)}</text>${guard}` +
    `${counted ? countBadge({ x: pillX, y }, marks.edgeCount(row.edges)) : ''}</g>`
  );
}
