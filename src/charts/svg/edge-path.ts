import type { Area, Point } from '../layout/layout.ts';

const corner = 8;
const head = { length: 8, width: 7 } as const;

/** The SVG path of an edge: round corners, a gap at the label, and no arrow head. */
export function edgePath(points: readonly Point[], label: Area | undefined): string {
  const short = shortened(points);
  const pieces = label ? outside(short, label) : [short];
  return pieces.map(rounded).join('');
}

/** The SVG path of an edge's arrow head. */
export function arrowHeadPath(points: readonly Point[]): string {
  const tip = points.at(-1);
  const from = points.at(-2);
  if (!tip || !from) return '';
  const [dx, dy] = direction(from, tip);
  const back = { x: tip.x - dx * head.length, y: tip.y - dy * head.length };
  const side = head.width / 2;
  const left = { x: back.x - dy * side, y: back.y + dx * side };
  const right = { x: back.x + dy * side, y: back.y - dx * side };
  return `M${pair(tip)}L${pair(left)}L${pair(right)}Z`;
}

export const number = (n: number): string => String(Math.round(n * 10) / 10);

const pair = ({ x, y }: Point): string => `${number(x)} ${number(y)}`;

function direction(from: Point, to: Point): readonly [number, number] {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return [(to.x - from.x) / length, (to.y - from.y) / length];
}

function shortened(points: readonly Point[]): readonly Point[] {
  const tip = points.at(-1);
  const from = points.at(-2);
  if (!tip || !from) return points;
  const [dx, dy] = direction(from, tip);
  return [
    ...points.slice(0, -1),
    { x: tip.x - dx * (head.length - 1), y: tip.y - dy * (head.length - 1) },
  ];
}

/** The parts of a line that are outside an area. */
function outside(points: readonly Point[], area: Area): readonly (readonly Point[])[] {
  const pieces: Point[][] = [];
  let piece: Point[] = points[0] ? [points[0]] : [];
  for (const [index, to] of points.slice(1).entries()) {
    const from = points[index] ?? to;
    const inside = clip(from, to, area);
    if (!inside) {
      piece.push(to);
      continue;
    }
    const [enter, leave] = inside;
    if (enter > 0) piece.push(along(from, to, enter));
    if (piece.length > 1) pieces.push(piece);
    piece = leave < 1 ? [along(from, to, leave), to] : [to];
  }
  if (piece.length > 1) pieces.push(piece);
  return pieces;
}

const along = (a: Point, b: Point, t: number): Point => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
});

/** The part of a segment that is inside an area, as fractions of its length. */
function clip(a: Point, b: Point, area: Area): readonly [number, number] | undefined {
  let [enter, leave] = [0, 1];
  for (const [from, to, low, high] of [
    [a.x, b.x, area.x, area.x + area.width],
    [a.y, b.y, area.y, area.y + area.height],
  ] as const) {
    const distance = to - from;
    if (Math.abs(distance) < 1e-6) {
      if (from <= low || from >= high) return undefined;
      continue;
    }
    const [first, second] = [(low - from) / distance, (high - from) / distance];
    enter = Math.max(enter, Math.min(first, second));
    leave = Math.min(leave, Math.max(first, second));
  }
  return enter < leave ? [enter, leave] : undefined;
}

function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${pair(first)}`;
  let previous = first;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    if (!next) {
      path += `L${pair(point)}`;
      break;
    }
    const [ax, ay] = direction(previous, point);
    const [bx, by] = direction(point, next);
    const radius = Math.min(
      corner,
      Math.hypot(point.x - previous.x, point.y - previous.y) / 2,
      Math.hypot(next.x - point.x, next.y - point.y) / 2,
    );
    const into = { x: point.x - ax * radius, y: point.y - ay * radius };
    const out = { x: point.x + bx * radius, y: point.y + by * radius };
    path += `L${pair(into)}Q${pair(point)} ${pair(out)}`;
    previous = point;
  }
  return path;
}
