import type { LabelLine } from '../diagram/diagram.ts';
import { actionLines, labelHeight, labelWidth, measures } from '../diagram/sizes.ts';
import { widthOf } from '../diagram/text-width.ts';
import type { Area, InitialArrow, Layout, LayoutEdge, LayoutJunction } from '../layout/layout.ts';
import type { Overlay } from '../model/overlay.ts';
import type { TransitionTrigger } from '../model/transition-label.ts';
import { arrowHeadPath, edgePath, number } from './edge-path.ts';
import { attributeWord, escapeXml } from './escape-xml.ts';
import { type Highlights, highlightAttributes } from './highlights.ts';
import { countBadge, svgState, tooltipText } from './state-box.ts';
import { stylesheet } from './stylesheet.ts';
import type { Theme } from './theme.ts';

export interface SvgOptions {
  readonly theme: Theme;
  readonly overlay?: Overlay;
}

/**
 * A layout as SVG. The same input gives the same bytes.
 *
 * `light` and `dark` contain their style. `css` has classes only, and the page adds
 * `stylesheet('css')`. A page shows a change by patching classes and texts, without a new layout:
 *
 * - a state: `[data-node="<id>"]`, with class `active` while it or an inner state is active;
 * - a transition: `[data-edge~="<id>"]`, which is its label and the line it shares; class `last`
 *   on both if it was taken last, `untaken` if it is dimmed. White space and `%` in an id are
 *   percent-encoded (`attributeWord`);
 * - a count: the `text` in the `.pill` of a state or a label (`countText`), without class `none`.
 *   Its space is always reserved.
 */
export function svgOf(layout: Layout, { theme, overlay }: SvgOptions): string {
  const { machine, hash, width, height } = layout;
  const highlights = highlightAttributes(overlay);
  const hasCounts = theme === 'css' || overlay?.counts !== undefined;
  const { margin, title } = measures;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rollcall-chart theme-${theme}" data-machine="${escapeXml(machine)}" data-hash="${escapeXml(hash)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(`The ${machine} machine, ${hash}`)}</title>`,
    ...(theme === 'css' ? [] : [`<style>${escapeXml(stylesheet(theme))}</style>`]),
    ...(theme === 'css' ? [] : [`<rect class="paper" width="${width}" height="${height}"/>`]),
    `<text class="title" x="${margin}" y="34">${escapeXml(machine)}</text>`,
    `<text class="hash" x="${number(margin + widthOf(machine, title) + 10)}" y="34">#${escapeXml(hash)}</text>`,
    ...layout.boxes.map((box) => svgState(box, highlights)),
    ...layout.initialArrows.map(svgInitialArrow),
    ...layout.edges.map((edge) => svgEdge(edge, highlights, hasCounts)),
    ...layout.junctions.map((junction) => svgJunction(junction, highlights, hasCounts)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function svgInitialArrow({ target, dot, points }: InitialArrow): string {
  return (
    `<g class="start" data-start="${escapeXml(attributeWord(target))}">` +
    `<circle class="dot" cx="${number(dot.x)}" cy="${number(dot.y)}" r="${measures.dot / 2}"/>` +
    `<path class="way" d="${edgePath(points, undefined)}"/><path class="head" d="${arrowHeadPath(points)}"/></g>`
  );
}

function svgEdge(
  { labelLines, points, label }: LayoutEdge,
  highlights: Highlights,
  hasCounts: boolean,
): string {
  const ids = labelLines.flatMap(({ edges }) => edges);
  const gap = { ...label, y: label.y - 1, height: label.height + 2 };
  return [
    `<g ${highlights.edge('line', ids)}>`,
    `<path class="way" d="${edgePath(points, gap)}"/><path class="head" d="${arrowHeadPath(points)}"/>`,
    ...svgLabel(labelLines, { label, hasCounts }, highlights),
    '</g>',
  ].join('');
}

function svgJunction(
  { inlets, labelLines, label, points }: LayoutJunction,
  highlights: Highlights,
  hasCounts: boolean,
): string {
  const ids = labelLines.flatMap(({ edges }) => edges);
  return [
    ...inlets.map(
      ({ edges, points: inlet }) =>
        `<g ${highlights.edge('line', edges)}><path class="way" d="${edgePath(inlet, undefined)}"/></g>`,
    ),
    `<g ${highlights.edge('line', ids)}>`,
    `<path class="way" d="${edgePath(points, undefined)}"/><path class="head" d="${arrowHeadPath(points)}"/>`,
    ...svgLabel(labelLines, { label, hasCounts }, highlights),
    '</g>',
  ].join('');
}

interface LabelPlace {
  readonly label: Area;
  /** Space for a count is reserved, so that a new count moves nothing. */
  readonly hasCounts: boolean;
}

/** The lines of a label, one below the other. */
function svgLabel(
  lines: readonly LabelLine[],
  place: LabelPlace,
  highlights: Highlights,
): readonly string[] {
  let top = place.label.y;
  return lines.map((line) => {
    const svg = svgLabelLine(line, { ...place, top }, highlights);
    top += labelHeight(line);
    return svg;
  });
}

/** A label line, centred, and its actions below. */
function svgLabelLine(
  line: LabelLine,
  { label, top, hasCounts }: LabelPlace & { readonly top: number },
  highlights: Highlights,
): string {
  const { badge, lineHeight, smallLineHeight, icon: iconSize } = measures;
  const y = top + lineHeight / 2;
  const width = labelWidth(line);
  const middle = label.x + label.width / 2 - (hasCounts ? badge.gap + badge.width : 0) / 2;
  const left = middle - width / 2;
  const hasIcon = line.trigger !== 'event';
  const icon =
    line.trigger === 'event'
      ? ''
      : `<path class="icon" transform="translate(${number(left + 6)} ${number(y)})" d="${icons[line.trigger]}"/>`;
  const guard =
    line.guard === null ? '' : ` <tspan class="guard">${escapeXml(`[${line.guard}]`)}</tspan>`;
  const text =
    `<text class="label${hasIcon ? ' beside' : ''}" x="${number(hasIcon ? left + iconSize : middle)}" y="${number(y + 4)}">` +
    `<tspan class="event">${escapeXml(line.event)}</tspan>${guard}</text>`;
  const actions = actionLines(line).map(
    (one, n) =>
      `<text class="actions" x="${number(middle)}" y="${number(top + lineHeight + n * smallLineHeight + 8)}">${escapeXml(one)}</text>`,
  );
  return (
    `<g ${highlights.edge(`row ${line.trigger}`, line.edges)}>` +
    `<title>${escapeXml(tooltipText(line))}</title>${icon}${text}${actions.join('')}` +
    `${hasCounts ? countBadge({ x: left + width + badge.gap, y }, highlights.edgeCount(line.edges)) : ''}</g>`
  );
}

/** Trigger icons, in a square of 12 around their middle. The shape differs as well as the colour. */
const icons: Readonly<Record<Exclude<TransitionTrigger, 'event'>, string>> = {
  timer: 'M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0ZM0 -3V0.3L2.2 1.6',
  done: 'M-4.5 0.5L-1.5 3.5L4.5 -3.5',
  error: 'M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5',
  always: 'M1 -5L-3 1H2.6L-1 5',
};
