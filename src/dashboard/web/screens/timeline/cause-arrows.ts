/** The position of a change. Without y: its lane is not shown. */
export interface Point {
  readonly x: number;
  readonly y: number | undefined;
}

export interface Arrow {
  readonly path: string;
  readonly kind: 'cause' | 'effect';
}

/** More arrows would hide the lanes. The text counts all events. */
const most = 40;

/**
 * Arrows from the causes of a change to it, and from it to its effects. An arrow to an event outside the
 * range ends at the border. Equal arrows are drawn once.
 */
export function arrowsOf(
  on: Point,
  causes: readonly Point[],
  effects: readonly Point[],
  width: number,
): readonly Arrow[] {
  const paths = new Map<string, Arrow>();
  const add = (from: Point, to: Point, kind: Arrow['kind']) => {
    const path = pathOf(from, to, width);
    if (path !== undefined && paths.size < most) paths.set(path, { path, kind });
  };
  for (const one of causes) add(one, on, 'cause');
  for (const one of effects) add(on, one, 'effect');
  return [...paths.values()];
}

function pathOf(from: Point, to: Point, width: number): string | undefined {
  if (from.y === undefined || to.y === undefined) return undefined;
  const within = (x: number) => Math.round(Math.min(width, Math.max(0, x)));
  const [a, b] = [within(from.x), within(to.x)];
  const y = Math.round(from.y);
  const down = Math.round(to.y);
  // Within one lane: an arc, wide enough to see when both events have the same time.
  if (y === down) {
    const bow = Math.max(12, (b - a) / 6);
    return `M${a} ${y - 4}C${a - bow / 2} ${y - 16} ${b + bow / 2} ${y - 16} ${b} ${y - 5}`;
  }
  const bend = Math.max(14, Math.abs(b - a) / 2);
  return `M${a} ${y}C${a + bend} ${y} ${b - bend} ${down} ${b} ${down}`;
}
