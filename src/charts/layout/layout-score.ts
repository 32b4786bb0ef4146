import type { Area, Layout, Point } from './layout.ts';

type Segment = readonly [Point, Point];

/**
 * How hard a picture is to read: the less the better. Weighed by eye: a line through another line's
 * words is the worst, then one that crosses another, then bends, ways and room; a life that does not
 * run downwards, or does not begin at the top, is read wrongly.
 */
export function layoutPenalty(layout: Layout): number {
  const { lines, width, height } = layout;
  const ways = lines.map(({ points }) => segments(points));
  const crossings = count(ways, (a, b) => crossed(a, b));
  const struck = lines.reduce(
    (sum, { label }, n) => sum + ways.filter((way, m) => m !== n && strikes(way, label)).length,
    0,
  );
  const bends = ways.reduce((sum, way) => sum + Math.max(0, way.length - 1), 0);
  const length = ways.flat().reduce((sum, segment) => sum + lengthOf(segment), 0);
  const aspect = Math.max(1, width / height - 1.2, height / width - 1.2);
  return (
    40 * struck +
    12 * crossings +
    2 * bends +
    length / 90 +
    (width * height) / 25_000 +
    12 * aspect +
    25 * belated(layout) +
    6 * upward(layout)
  );
}

/** First states that lie below another state of the same parent. */
const belated = ({ boxes, starts }: Layout): number =>
  starts.filter(({ target }) => {
    const first = boxes.find(({ id }) => id === target);
    const others = boxes.filter((box) => box !== first && box.parent === first?.parent);
    return first && others.some(({ y }) => y < first.y - 1);
  }).length;

/** Final states that do not lie below what leads to them. */
const upward = ({ boxes, lines }: Layout): number =>
  lines.filter(({ source, target }) => {
    const [from, to] = [source, target].map((id) => boxes.find((box) => box.id === id));
    return from && to?.kind === 'final' && to.y < from.y;
  }).length;

const segments = (points: readonly Point[]): readonly Segment[] =>
  points.slice(1).map((to, n): Segment => [points[n] ?? to, to]);

const lengthOf = ([a, b]: Segment): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);

function count(ways: readonly (readonly Segment[])[], met: (a: Segment, b: Segment) => boolean) {
  let sum = 0;
  for (const [n, way] of ways.entries()) {
    for (const other of ways.slice(n + 1)) {
      for (const a of way) sum += other.filter((b) => met(a, b)).length;
    }
  }
  return sum;
}

/** Lines are routed at right angles: only a level one and an upright one cross. */
function crossed(a: Segment, b: Segment): boolean {
  const [level, upright] = isLevel(a) ? [a, b] : [b, a];
  if (!isLevel(level) || isLevel(upright)) return false;
  const { y } = level[0];
  const { x } = upright[0];
  return between(x, level[0].x, level[1].x) && between(y, upright[0].y, upright[1].y);
}

const isLevel = ([a, b]: Segment): boolean => Math.abs(a.y - b.y) < 0.5;

const between = (at: number, a: number, b: number): boolean =>
  at > Math.min(a, b) + 0.5 && at < Math.max(a, b) - 0.5;

const strikes = (way: readonly Segment[], { x, y, width, height }: Area): boolean =>
  way.some(
    ([a, b]) =>
      Math.max(a.x, b.x) > x + 2 &&
      Math.min(a.x, b.x) < x + width - 2 &&
      Math.max(a.y, b.y) > y + 2 &&
      Math.min(a.y, b.y) < y + height - 2,
  );
