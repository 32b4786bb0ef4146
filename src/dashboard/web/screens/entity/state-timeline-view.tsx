import { useMemo } from 'preact/hooks';
import type { Density, Lane } from '../../../history/query-types.ts';
import { clockTime, dayTime, formatCount, formatDuration } from '../../format/format-time.ts';
import { queryRange, readWindow, type Window } from '../../format/time-scale.ts';
import { colorClassOf } from '../../model/state-styles.ts';
import { extent, fleet, goTo, present, route, shownAt } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { GapMarks } from '../../widgets/gap-marks.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';
import { absent, type StateInterval, shareText, stripsOf, unknown } from './state-timeline.ts';

/** At most this many runs of a host are shown. */
const mostEntities = 4000;
/** At most this many agents that registered the name of an instance. */
const mostStrips = 4;

/** The status over time as a coloured bar, and the share of each status as text. */
export function StateTimeline({ entities }: { readonly entities: readonly number[] }) {
  const window = useWindow();
  const asked = queryRange(window);
  const fresh = `${extent.value?.to} ${extent.value?.from}`;
  const some = entities.slice(-mostEntities);
  const query = some.length === 0 ? null : ({ ask: 'lanes', entities: some, ...asked } as const);
  const lanes = useHistoryQuery<Lane[]>(query, fresh);
  const density = useHistoryQuery<Density>({ ask: 'density', bins: 1, ...asked }, fresh);
  const strips = useMemo(
    () => stripsOf(lanes ?? [], (number) => fleet.entities[number], window),
    [lanes, window.from, window.to],
  );
  if (!lanes || some.length === 0) return null;
  const at = shownAt.value;
  return (
    <div class="ribbon">
      {strips.slice(0, mostStrips).map(({ owner, intervals }, n) => (
        <div key={owner && `${owner.host}/${owner.agent}`}>
          <p>
            {owner && strips.length > 1 ? (
              <span>
                on <SubjectLink of={{ kind: 'agent', ...owner }} />
              </span>
            ) : null}
            {shareText(intervals).map(([status, share]) => (
              <span key={status}>
                <StateBadge status={status} /> <span class="dim num">{share}</span>
              </span>
            ))}
            <span class="grow" />
            {n === 0 ? (
              <span class="dim num">
                {dayTime(window.from)} – {clockTime(window.to)}
              </span>
            ) : null}
          </p>
          <div class="stretches" aria-hidden="true">
            <svg viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true">
              {intervals.map((one) => (
                <Part key={one.from} part={one} window={window} />
              ))}
              <rect class="moment" x={xOf(at, window) - 1} width="2" height="16" />
            </svg>
            <GapMarks gaps={density?.gaps ?? []} window={window} />
          </div>
        </div>
      ))}
      {strips.length > mostStrips ? (
        <p class="dim">and on {formatCount(strips.length - mostStrips, 'more agent')}</p>
      ) : null}
    </div>
  );
}

const xOf = (time: number, { from, to }: Window): number => ((time - from) / (to - from)) * 1000;

/** A click goes to the start of the interval. Without a pointer, the history below offers the same. */
function Part({ part, window }: { readonly part: StateInterval; readonly window: Window }) {
  const { from, to, status } = part;
  const [left, right] = [xOf(from, window), xOf(to, window)];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hidden from assistive technology
    <rect
      class={
        status === unknown
          ? 'unknown'
          : `bar s-${status === absent ? 'other' : colorClassOf(status)}`
      }
      x={left}
      width={Math.max(1.5, right - left - 0.6)}
      y="1"
      height="14"
      onClick={() => goTo({ at: null, time: from })}
    >
      <title>
        {status} {clockTime(from)}–{clockTime(to)}, {formatDuration(to, from)}
      </title>
    </rect>
  );
}

/** The time range in the address, or all of the history in memory, up to now while live. */
function useWindow(): Window {
  const { firstAt = 0 } = extent.value ?? {};
  return readWindow(route.value.params['w'], { from: firstAt, to: present.value + 1 });
}
