/** The position of a state in the picture. */
export interface StateBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The state that an arrow key leads to: the nearest connected state in that direction, or else the nearest
 * state. undefined: there is no state in that direction.
 */
export function nearestState(
  boxes: readonly StateBox[],
  lines: readonly (readonly [string, string])[],
  from: string,
  key: string,
): string | undefined {
  const direction = directions[key];
  const current = boxes.find(({ id }) => id === from);
  if (!direction) return undefined;
  if (!current) return boxes[0]?.id;
  const linked = new Set(lines.flatMap(([a, b]) => (a === from ? [b] : b === from ? [a] : [])));
  let best: { readonly id: string; readonly far: number } | undefined;
  for (const one of boxes) {
    if (one === current) continue;
    const [across, down] = [
      middle(one)[0] - middle(current)[0],
      middle(one)[1] - middle(current)[1],
    ];
    const along = across * direction[0] + down * direction[1];
    const aside = Math.abs(across * direction[1]) + Math.abs(down * direction[0]);
    if (along <= 0) continue;
    const far = along + 2 * aside + (linked.has(one.id) ? 0 : 1e6);
    if (!best || far < best.far) best = { id: one.id, far };
  }
  return best?.id;
}

const middle = ({ x, y, width, height }: StateBox) => [x + width / 2, y + height / 2] as const;

/** A box around these states, with a margin, within the picture and at least 320 × 220. */
export function boundingBox(
  boxes: readonly StateBox[],
  whole: Omit<StateBox, 'id'>,
): Omit<StateBox, 'id'> {
  if (boxes.length === 0) return whole;
  const room = 50;
  const left = Math.min(...boxes.map(({ x }) => x)) - room;
  const top = Math.min(...boxes.map(({ y }) => y)) - room;
  const wide = Math.max(...boxes.map(({ x, width }) => x + width)) + room - left;
  const high = Math.max(...boxes.map(({ y, height }) => y + height)) + room - top;
  const width = Math.min(whole.width, Math.max(wide, 320));
  const height = Math.min(whole.height, Math.max(high, 220));
  const within = (at: number, size: number, all: number) =>
    Math.min(Math.max(0, at), Math.max(0, all - size));
  return {
    x: within(left - (width - wide) / 2, width, whole.width),
    y: within(top - (height - high) / 2, height, whole.height),
    width,
    height,
  };
}
