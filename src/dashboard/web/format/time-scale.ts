/** The visible time range. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * The range of a query about a range whose end moves with the clock: its end is rounded up, so that it is asked
 * and drawn again when the range grew by a few pixels, not each second.
 */
export function queryRange({ from, to }: Window): Window {
  const step = Math.max(1000, 2 ** Math.ceil(Math.log2(Math.max(1, to - from) / 120)));
  return { from, to: Math.ceil(to / step) * step };
}

const steps = [
  100, 250, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000, 172_800_000,
  604_800_000,
];

/** Round times in the range, at most `most`. */
export function ticks({ from, to }: Window, most: number): readonly number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? 2_592_000_000;
  const all: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) all.push(at);
  return all;
}

/** Zooms around a time, which keeps its position. The result stays within `whole`. */
export function zoom(window: Window, whole: Window, around: number, factor: number): Window {
  const length = Math.min(whole.to - whole.from, Math.max(200, (window.to - window.from) * factor));
  const part = (around - window.from) / Math.max(1, window.to - window.from);
  const from = Math.min(Math.max(whole.from, around - part * length), whole.to - length);
  return { from, to: from + length };
}

/** Moves the range by a part of its length. The result stays within `whole`. */
export function pan({ from, to }: Window, whole: Window, part: number): Window {
  const length = to - from;
  const start = Math.max(whole.from, Math.min(from + part * length, whole.to - length));
  return { from: start, to: start + length };
}

export const readWindow = (text: string | undefined, whole: Window): Window => {
  const [from, to] = (text ?? '').split('-').map(Number);
  return from !== undefined && to !== undefined && from < to && Number.isFinite(from + to)
    ? { from: Math.max(from, whole.from), to: Math.min(Math.max(to, from + 1), whole.to + 1) }
    : whole;
};

export const writeWindow = ({ from, to }: Window): string => `${Math.floor(from)}-${Math.ceil(to)}`;
