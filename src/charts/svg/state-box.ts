import type { Box, InnerLabelLine } from '../diagram/diagram.ts';
import { measures } from '../diagram/sizes.ts';
import type { Area } from '../layout/layout.ts';
import { labelText } from '../model/transition-label.ts';
import { countBadge } from './count-badge.ts';
import { number } from './edge-path.ts';
import { escapeXml } from './escape-xml.ts';
import type { Marks } from './highlights.ts';
import { collapsedIcon, parallelIcon, selfLoopIcon } from './icons.ts';
import { tooltipText } from './tooltip.ts';

/** A state: its frame, its name, what it does within itself, and the room of its count. */
export function svgBox(box: Box & Area, marks: Marks): string {
  const { id, kind, region, collapsed } = box;
  if (kind === 'history') return history(box, marks);
  const leaf = kind === 'state' || kind === 'final' || collapsed;
  const classes = [
    'node',
    kind,
    leaf ? 'leaf' : 'holds',
    ...(collapsed ? ['collapsed', 'holds'] : []),
    ...(region ? ['region'] : []),
  ];
  const { x, y, width, height } = box;
  const radius = kind === 'final' ? Math.min(20, height / 2) : 10;
  const frame = `<rect class="box" x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${number(radius)}"/>`;
  return (
    `<g ${marks.node(classes.join(' '), id)}>` +
    `<title>${escapeXml(box.description === null ? id : `${id}\n${box.description}`)}</title>${frame}` +
    `${head(box, marks)}${box.rows.map((row, n) => inner(row, box, n, marks)).join('')}` +
    `<circle class="here" cx="${number(x + 1)}" cy="${number(y + nameMiddle(box))}" r="5.5"/></g>`
  );
}

/** The name of a state that says nothing else stands in its middle. */
const nameMiddle = ({ rows, height, kind, collapsed }: Box & Area): number =>
  rows.length === 0 && (kind === 'state' || kind === 'final' || collapsed) ? height / 2 : 20;

function head(box: Box & Area, marks: Marks): string {
  const { x, y, width, kind, name, collapsed } = box;
  const { inset, icon, pill: room } = measures;
  const middle = y + nameMiddle(box);
  const place = `transform="translate(${number(x + inset + 6)} ${number(middle)})"`;
  let mark = '';
  if (kind === 'final') {
    mark = `<g ${place}><circle class="mark" r="6"/><circle class="full" r="3"/></g>`;
  } else if (collapsed) mark = `<path class="mark" ${place} d="${collapsedIcon}"/>`;
  else if (kind === 'parallel') mark = `<path class="mark" ${place} d="${parallelIcon}"/>`;
  const from = x + inset + (mark === '' ? 0 : icon + 4);
  return (
    `${mark}<text class="name" x="${number(from)}" y="${number(middle + 4.8)}">${escapeXml(name)}</text>` +
    countBadge({ x: x + width - inset / 2 - room.width, y: middle }, marks.nodeCount(box.id))
  );
}

function inner(row: InnerLabelLine, { x, y, width }: Area, n: number, marks: Marks): string {
  const { inset, icon, nameHeight, rowHeight, pill: room } = measures;
  const middle = y + nameHeight + n * rowHeight + rowHeight / 2 - 1;
  const loop = row.reenters
    ? `<path class="icon" transform="translate(${number(x + inset + 6)} ${number(middle)})" d="${selfLoopIcon}"/>`
    : '';
  return (
    `<g ${marks.edge(`inner ${row.trigger}`, row.edges)}><title>${escapeXml(tooltipText(row))}</title>${loop}` +
    `<text x="${number(x + inset + icon)}" y="${number(middle + 4)}">${escapeXml(labelText(row))}</text>` +
    `${countBadge({ x: x + width - inset / 2 - room.width, y: middle }, marks.edgeCount(row.edges))}</g>`
  );
}

function history({ id, x, y, width, description }: Box & Area, marks: Marks): string {
  const r = width / 2;
  const [cx, cy] = [number(x + r), number(y + r)];
  return (
    `<g ${marks.node('node history', id)}><title>${escapeXml(description ?? `${id}: where it was last`)}</title>` +
    `<circle class="box" cx="${cx}" cy="${cy}" r="${r}"/>` +
    `<text class="name" text-anchor="middle" x="${cx}" y="${number(y + r + 4.8)}">H</text></g>`
  );
}
