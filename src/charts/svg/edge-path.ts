import type { Area, Point } from '../layout/layout.ts';

const corner = 8;
const head = { length: 8, width: 7 } as const;

/** A line's path with round corners, broken where its words stand, and without its head. */
export function edgePath(points: readonly Point[], words: Area | undefined): string {
  const short = shortened(points);
  const pieces = words ? broken(short, words) : [short];
  return pieces.map(rounded).join('');
}

/** The triangle at its end. */
export function arrowHeadPath(points: readonly Point[]): string {
  const tip = points.at(-1);
  const from = points.at(-2);
  if (!tip || !from) return '';
  const [dx, dy] = direction(from, tip);
  const back = { x: tip.x - dx * head.length, y: tip.y - dy * head.length };
  const side = head.width / 2;
  const left = { x: back.x - dy * side, y: back.y + dx * side };
  const right = { x: back.x + dy * side, y: back.y - dx * side };
  return `M${at(tip)}L${at(left)}L${at(right)}Z`;
}

export const number = (n: number): string => String(Math.round(n * 10) / 10);

const at = ({ x, y }: Point): string => `${number(x)} ${number(y)}`;

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

/** The parts outside an area. */
function broken(points: readonly Point[], area: Area): readonly (readonly Point[])[] {
  const pieces: Point[][] = [];
  let piece: Point[] = points[0] ? [points[0]] : [];
  for (const [n, to] of points.slice(1).entries()) {
    const from = points[n] ?? to;
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

/** Between which parts of it a segment is inside. */
function clip(a: Point, b: Point, area: Area): readonly [number, number] | undefined {
  let [enter, leave] = [0, 1];
  for (const [from, to, low, high] of [
    [a.x, b.x, area.x, area.x + area.width],
    [a.y, b.y, area.y, area.y + area.height],
  ] as const) {
    const way = to - from;
    if (Math.abs(way) < 1e-6) {
      if (from <= low || from >= high) return undefined;
      continue;
    }
    const [first, second] = [(low - from) / way, (high - from) / way];
    enter = Math.max(enter, Math.min(first, second));
    leave = Math.min(leave, Math.max(first, second));
  }
  return enter < leave ? [enter, leave] : undefined;
}

function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${at(first)}`;
  let before = first;
  for (const [n, point] of rest.entries()) {
    const after = rest[n + 1];
    if (!after) {
      path += `L${at(point)}`;
      break;
    }
    const [ax, ay] = direction(before, point);
    const [bx, by] = direction(point, after);
    const room = Math.min(
      corner,
      Math.hypot(point.x - before.x, point.y - before.y) / 2,
      Math.hypot(after.x - point.x, after.y - point.y) / 2,
    );
    const into = { x: point.x - ax * room, y: point.y - ay * room };
    const out = { x: point.x + bx * room, y: point.y + by * room };
    path += `L${at(into)}Q${at(point)} ${at(out)}`;
    before = point;
  }
  return path;
}
