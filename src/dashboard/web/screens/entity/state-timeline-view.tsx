import { useMemo } from 'preact/hooks';
import type { Density, Lane } from '../../../history/query-types.ts';
import { clockTime, dayTime, formatDuration } from '../../format/format-time.ts';
import { readWindow, type Window } from '../../format/time-scale.ts';
import { colorClassOf } from '../../model/state-styles.ts';
import { extent, isPast, link, moment, now, roll, route, seekAtTime } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { GapMarks } from '../../widgets/gap-marks.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { barsOf } from '../../widgets/state-bars.ts';
import {
  absent,
  type StateInterval,
  shareText,
  stateIntervals,
  unknown,
} from './state-timeline.ts';

/** A host has so many runs at most that are looked at. */
const mostEntities = 4000;
/** A ribbon that goes on by itself, does so in such steps. */
const step = 10_000;

/** How one stood, all the time: as a ribbon for the eye, and in words what it comes to. */
export function StateTimeline({ entities }: { readonly entities: readonly number[] }) {
  const window = useWindow();
  const fresh = `${extent.value?.to} ${extent.value?.from}`;
  const some = entities.slice(-mostEntities);
  const asked = some.length === 0 ? null : ({ ask: 'lanes', entities: some, ...window } as const);
  const lanes = useHistoryQuery<Lane[]>(asked, fresh);
  const density = useHistoryQuery<Density>({ ask: 'density', bins: 1, ...window }, fresh);
  const ribbon = useMemo(() => {
    const bars = (lanes ?? []).flatMap(
      (lane) => barsOf(roll.entities[lane.entity]?.entity ?? '', lane, window).bars,
    );
    const cuts = (lanes ?? []).flatMap(({ cut }) => cut ?? []);
    return stateIntervals(bars, window, Math.max(window.from, ...cuts));
  }, [lanes, window.from, window.to]);
  if (!lanes || some.length === 0) return null;
  const at = moment.value?.at;
  return (
    <div class="ribbon">
      <p>
        {shareText(ribbon).map(([status, share]) => (
          <span key={status}>
            <StateBadge status={status} /> <span class="dim num">{share}</span>
          </span>
        ))}
        <span class="grow" />
        <span class="dim num">
          {dayTime(window.from)} – {clockTime(window.to)}
        </span>
      </p>
      <div class="stretches" aria-hidden="true">
        <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
          {ribbon.map((one) => (
            <Part key={one.from} part={one} window={window} />
          ))}
          {at === undefined ? null : (
            <rect class="here" x={place(at, window) - 1} width="2" height="16" />
          )}
        </svg>
        <GapMarks gaps={density?.gaps ?? []} window={window} />
      </div>
    </div>
  );
}

const place = (time: number, { from, to }: Window): number => ((time - from) / (to - from)) * 1000;

/** A click goes to where it began; whoever has no pointer has the history below. */
function Part({ part, window }: { readonly part: StateInterval; readonly window: Window }) {
  const { from, to, status } = part;
  const [left, right] = [place(from, window), place(to, window)];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hidden from whom it would keep out
    <rect
      class={
        status === unknown
          ? 'unknown'
          : `bar s-${status === absent ? 'gone' : colorClassOf(status)}`
      }
      x={left}
      width={Math.max(1.5, right - left - 0.6)}
      y="1"
      height="14"
      onClick={() => seekAtTime(from)}
    >
      <title>
        {status} {clockTime(from)}–{clockTime(to)}, {formatDuration(to - from)}
      </title>
    </rect>
  );
}

/** As the address says, else all that is in memory; live it goes on to now. */
function useWindow(): Window {
  const { firstAt = 0, lastAt = 0 } = extent.value ?? {};
  const goesOn = link.value?.hello?.mode === 'live' && !isPast.value;
  const end = goesOn ? Math.floor((now.value ?? 0) / step) * step : 0;
  return readWindow(route.value.params['w'], { from: firstAt, to: Math.max(lastAt + 1, end) });
}
