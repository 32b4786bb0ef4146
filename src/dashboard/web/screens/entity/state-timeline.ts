import type { ApiEntity } from '../../../api-types.ts';
import type { Lane } from '../../../history/query-types.ts';
import { formatDuration } from '../../format/format-time.ts';
import type { Window } from '../../format/time-scale.ts';
import { barsOf, worstStatus } from '../../widgets/state-bars.ts';

/** A status during an interval. */
export interface StateInterval extends Window {
  readonly status: string;
}

/** Before the first known transition the status is unknown. */
export const unknown = 'unknown';
export const absent = 'not present';

/** What one strip shows: the status of an agent, a host, or of an instance on one of the agents that registered it. */
export interface Strip {
  /** The agent that registered the instance; undefined: the strip is of an agent or host. */
  readonly owner: { readonly host: string; readonly agent: string } | undefined;
  readonly intervals: readonly StateInterval[];
}

/**
 * One strip for the runs of an agent or host. For an instance one for each agent that had it in this range, those that
 * still have it first: several agents may register the same name, and one of them is active.
 */
export function stripsOf(
  lanes: readonly Lane[],
  entityOf: (number: number) => ApiEntity | undefined,
  window: Window,
): readonly Strip[] {
  const drawn = lanes.flatMap((lane) => {
    const of = entityOf(lane.entity);
    if (!of) return [];
    const owner = of.entity === 'instance' ? { host: of.host, agent: of.agent } : undefined;
    return [{ owner, cut: lane.cut, bars: barsOf(of.entity, lane, window).bars }];
  });
  const groups = Map.groupBy(drawn, ({ owner }) => owner && `${owner.host}/${owner.agent}`);
  const all = [...groups.values()].map((group) => {
    const bars = group.flatMap((one) => one.bars);
    const cuts = group.flatMap(({ cut }) => cut ?? []);
    const intervals = stateIntervals(bars, window, Math.max(window.from, ...cuts));
    return { owner: group[0]?.owner, intervals, end: Math.max(...bars.map(({ to }) => to)) };
  });
  const there = all.filter(({ end }) => end > window.from).sort((a, b) => b.end - a.end);
  return there.length > 0 ? there : all.slice(0, 1);
}

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
