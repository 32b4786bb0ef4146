import type { Box, InnerLabelLine, LabelLine } from '../diagram/diagram.ts';
import { descriptionHeight, descriptionLines, measures } from '../diagram/sizes.ts';
import type { Area, Point } from '../layout/layout.ts';
import { countText } from '../model/overlay.ts';
import { labelText } from '../model/transition-label.ts';
import { number } from './edge-path.ts';
import { escapeXml } from './escape-xml.ts';
import type { Highlights } from './highlights.ts';

/** Two bars: the regions of the state are active in parallel. */
const parallelIcon = 'M-2.5 -5V5M2.5 -5V5';

/** The state has inner states that are not drawn. */
const collapsedIcon = 'M-5 -5H5V5H-5ZM-2.5 0H2.5M0 -2.5V2.5';

/** The transition leaves the state and enters it again. */
const selfLoopIcon = 'M3.9 -2.6A4.7 4.7 0 1 0 4.7 0.9M4.4 -5.2V-2.2H1.4';

/** A state as SVG: frame, name, inner transitions, and space for counts. */
export function svgState(box: Box & Area, highlights: Highlights): string {
  const { id, kind, region, collapsed } = box;
  if (kind === 'history') return history(box, highlights);
  const isLeaf = kind === 'state' || kind === 'final' || collapsed;
  const classes = [
    'node',
    kind,
    isLeaf ? 'leaf' : 'holds',
    ...(collapsed ? ['collapsed', 'holds'] : []),
    ...(region ? ['region'] : []),
  ];
  const { x, y, width, height } = box;
  const radius = kind === 'final' ? Math.min(20, height / 2) : 10;
  const frame = `<rect class="box" x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${number(radius)}"/>`;
  const inner = box.labelLines.map((line, index) =>
    innerTransition(line, { box, index }, highlights),
  );
  return (
    `<g ${highlights.node(classes.join(' '), id)}>` +
    `<title>${escapeXml(box.description === null ? id : `${id}\n${box.description}`)}</title>${frame}` +
    `${header(box, highlights)}${description(box)}${inner.join('')}` +
    `<circle class="here" cx="${number(x + 1)}" cy="${number(y + headerMiddle(box))}" r="5.5"/></g>`
  );
}

/** A name alone is in the middle of the box. */
const headerMiddle = (box: Box & Area): number => {
  const { labelLines, height, kind, collapsed } = box;
  const isLeaf = kind === 'state' || kind === 'final' || collapsed;
  return labelLines.length === 0 && box.description === null && isLeaf ? height / 2 : 20;
};

function description(box: Box & Area): string {
  const { inset, nameHeight, smallLineHeight } = measures;
  const [x, y] = [number(box.x + inset), box.y + nameHeight + 8];
  return descriptionLines(box)
    .map(
      (line, index) =>
        `<text class="about" x="${x}" y="${number(y + index * smallLineHeight)}">${escapeXml(line)}</text>`,
    )
    .join('');
}

function header(box: Box & Area, highlights: Highlights): string {
  const { x, y, width, kind, name, collapsed } = box;
  const { inset, icon: iconSize, badge } = measures;
  const middle = y + headerMiddle(box);
  const transform = `transform="translate(${number(x + inset + 6)} ${number(middle)})"`;
  let icon = '';
  if (kind === 'final') {
    icon = `<g ${transform}><circle class="mark" r="6"/><circle class="full" r="3"/></g>`;
  } else if (collapsed) icon = `<path class="mark" ${transform} d="${collapsedIcon}"/>`;
  else if (kind === 'parallel') icon = `<path class="mark" ${transform} d="${parallelIcon}"/>`;
  const nameX = x + inset + (icon === '' ? 0 : iconSize + 4);
  return (
    `${icon}<text class="name" x="${number(nameX)}" y="${number(middle + 4.8)}">${escapeXml(name)}</text>` +
    countBadge({ x: x + width - inset / 2 - badge.width, y: middle }, highlights.nodeCount(box.id))
  );
}

function innerTransition(
  line: InnerLabelLine,
  { box, index }: { readonly box: Box & Area; readonly index: number },
  highlights: Highlights,
): string {
  const { x, y, width } = box;
  const { inset, icon, nameHeight, lineHeight, badge } = measures;
  const top = y + nameHeight + descriptionHeight(box);
  const middle = top + index * lineHeight + lineHeight / 2 - 1;
  const loop = line.reenters
    ? `<path class="icon" transform="translate(${number(x + inset + 6)} ${number(middle)})" d="${selfLoopIcon}"/>`
    : '';
  return (
    `<g ${highlights.edge(`inner ${line.trigger}`, line.edges)}><title>${escapeXml(tooltipText(line))}</title>${loop}` +
    `<text x="${number(x + inset + icon)}" y="${number(middle + 4)}">${escapeXml(labelText(line))}</text>` +
    `${countBadge({ x: x + width - inset / 2 - badge.width, y: middle }, highlights.edgeCount(line.edges))}</g>`
  );
}

function history({ id, x, y, width, description }: Box & Area, highlights: Highlights): string {
  const r = width / 2;
  const [cx, cy] = [number(x + r), number(y + r)];
  return (
    `<g ${highlights.node('node history', id)}><title>${escapeXml(description ?? `${id}: the state that was active last`)}</title>` +
    `<circle class="box" cx="${cx}" cy="${cy}" r="${r}"/>` +
    `<text class="name" text-anchor="middle" x="${cx}" y="${number(y + r + 4.8)}">H</text></g>`
  );
}

/** A count, or hidden space for one. The point is the middle of its left side. */
export function countBadge({ x, y }: Point, count: number | undefined): string {
  const { width, height } = measures.badge;
  return (
    `<g class="pill${count === undefined ? ' none' : ''}">` +
    `<rect x="${number(x)}" y="${number(y - height / 2)}" width="${width}" height="${height}" rx="${height / 2}"/>` +
    `<text x="${number(x + width / 2)}" y="${number(y + 3.8)}">${count === undefined ? '' : escapeXml(countText(count))}</text></g>`
  );
}

/** The tooltip of a transition: its label and its description. */
export const tooltipText = (line: LabelLine): string =>
  line.description === null ? labelText(line) : `${labelText(line)}\n${line.description}`;
