import { formatDuration } from '../../format/format-time.ts';
import type { Window } from '../../format/time-scale.ts';
import { worstStatus } from '../../widgets/state-bars.ts';

/** A status during an interval. */
export interface StateInterval extends Window {
  readonly status: string;
}

/** Before the first known transition the status is unknown. */
export const unknown = 'unknown';
export const absent = 'not present';

/**
 * The status over a time range, without a break. With several entities, as the runs of a host, the most
 * serious status counts. Before `knownFrom` the status is unknown.
 */
export function stateIntervals(
  bars: readonly StateInterval[],
  window: Window,
  knownFrom = window.from,
): readonly StateInterval[] {
  const start = Math.min(Math.max(window.from, knownFrom), window.to);
  const turns = bars
    .flatMap(({ from, to, status }) => [
      { at: Math.max(from, start), status, by: 1 },
      { at: Math.min(Math.max(to, start), window.to), status, by: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const active = new Map<string, number>();
  const ribbon: { from: number; to: number; status: string }[] = [];
  const add = (from: number, to: number, status: string) => {
    const last = ribbon.at(-1);
    if (to <= from) return;
    if (last?.status === status) last.to = to;
    else ribbon.push({ from, to, status });
  };
  add(window.from, start, unknown);
  let from = start;
  for (const { at, status, by } of turns) {
    add(from, at, worstOf(active));
    from = Math.max(from, at);
    const count = (active.get(status) ?? 0) + by;
    if (count === 0) active.delete(status);
    else active.set(status, count);
  }
  add(from, window.to, worstOf(active));
  return ribbon;
}

const worstOf = (active: ReadonlyMap<string, number>): string =>
  worstStatus([...active.keys()]) ?? absent;

/** The share and duration of each status, the longest first. The time before it first existed does not count. */
export function shareText(
  ribbon: readonly StateInterval[],
): readonly (readonly [string, string])[] {
  const sums = new Map<string, number>();
  const isNew = ribbon.length > 1 && ribbon[0]?.status === absent;
  for (const { from, to, status } of ribbon.slice(Number(isNew)))
    sums.set(status, (sums.get(status) ?? 0) + to - from);
  const whole = [...sums.values()].reduce((sum, one) => sum + one, 0);
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(
      ([status, length]) =>
        [status, `${percent(length / whole)}, ${formatDuration(length)}`] as const,
    );
}

/** Never `100 %` for less than all, never `0 %` for more than nothing. */
function percent(part: number): string {
  const rounded = Math.round(part * 100);
  if (rounded === 100 && part < 1) return '> 99 %';
  return rounded === 0 ? '< 1 %' : `${rounded} %`;
}
