import { useMemo } from 'preact/hooks';
import type { Lane } from '../../../history/query-types.ts';
import { clockTime, formatCount, formatDuration } from '../../format/format-time.ts';
import type { Window } from '../../format/time-scale.ts';
import { colorClassOf } from '../../model/state-styles.ts';
import { fleet, goTo } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { barsOf, type Tick, worstStatus } from '../../widgets/state-bars.ts';
import { textOf } from '../../widgets/still.ts';
import { type Band, bandClass } from './bands.ts';
import { hoveredTransition } from './hovered-transition.ts';
import { countsIn, type NamedLane, statusesNow } from './lane-model.ts';
import { Span } from './time-marker.tsx';

interface Props {
  readonly lane: NamedLane;
  readonly answered: ReadonlyMap<number, Lane>;
  readonly window: Window;
  readonly at: number;
  readonly isFirst: boolean;
  /** The holds and brakes that concern it. */
  readonly bands: readonly Band[];
}

/** A click this near to a change, in px, selects it. */
const near = 6;
/** A bar of at least this part of the range has room for the word of its state. */
const wordFits = 0.1;

/** A lane: name, bars and ticks, and the status at the moment. */
export function LaneRow({ lane, answered, window, at, isFirst, bands }: Props) {
  const length = window.to - window.from;
  const { bars, ticks, cut, picture } = useMemo(
    () => drawLane(lane, answered, window),
    [lane, answered, window.from, window.to],
  );
  const now = statusesNow(fleet, lane);
  const worst = worstStatus(now);
  const since = bars.find((one) => one.status === worst && one.from <= at && at <= one.to)?.from;
  const point = (tick: (Tick & { readonly number: number }) | undefined) => {
    const entity = tick && fleet.entities[tick.number];
    if (tick?.seq === hoveredTransition.peek()?.seq) return;
    hoveredTransition.value = entity
      ? { seq: tick.seq, at: tick.at, type: tick.type, entity }
      : null;
  };
  const timeAt = (event: MouseEvent & { readonly currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const time = window.from + ((event.clientX - box.left) / box.width) * length;
    return { time, reach: (near / box.width) * length };
  };
  const nearest = (event: MouseEvent & { readonly currentTarget: Element }) => {
    const { time, reach } = timeAt(event);
    return ticks.reduce<(typeof ticks)[number] | undefined>((best, one) => {
      const far = Math.abs(one.at - time);
      return far <= reach && far <= Math.abs((best?.at ?? Infinity) - time) ? one : best;
    }, undefined);
  };
  const press = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }) => {
    const here = ticks.findIndex(({ seq }) => seq === hoveredTransition.peek()?.seq);
    const { key } = event;
    if (key === 'Enter' && here >= 0) goTo({ at: ticks[here]?.seq ?? 0 });
    else if (key === 'ArrowRight') point(ticks[Math.min(ticks.length - 1, here + 1)]);
    else if (key === 'ArrowLeft') point(ticks[here < 0 ? ticks.length - 1 : Math.max(0, here - 1)]);
    else if (!toOtherLane(event)) return;
    event.preventDefault();
  };
  const statuses = [...new Set(bars.map((bar) => bar.status))].join(', then ');
  return (
    <li class="lane">
      <div class="lane-name">
        {lane.kind === 'run' ? null : <span class="dim">{lane.kind} </span>}
        <BidiText class="cut" text={lane.name} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls */}
      <div
        class="lane-time"
        role="group"
        tabIndex={isFirst ? 0 : -1}
        aria-label={`${lane.name}: ${statuses}; ${formatCount(ticks.length, 'change')}${cut ? ', older ones not drawn' : ''}`}
        title={cut ? textOf('cut') : undefined}
        onKeyDown={press}
        onBlur={() => point(undefined)}
        onPointerMove={(event) => point(nearest(event))}
        onClick={(event) => {
          const tick = nearest(event);
          goTo(tick ? { at: tick.seq } : { at: null, time: timeAt(event).time });
        }}
      >
        {bands.map(({ kind, name, from, to }) => (
          <Span key={`${kind} ${name} ${from}`} {...{ window, from, to }} class={bandClass(kind)} />
        ))}
        {picture}
      </div>
      <div class="lane-state">
        {worst === undefined ? '–' : <StateBadge status={worst} />}
        {now.length > 1
          ? countsIn(now, worst)
          : since !== undefined && since > window.from
            ? ` ${formatDuration(at - since)}`
            : null}
      </div>
    </li>
  );
}

/** The bars and ticks of a lane, and their picture: drawn again only when the range or the history changes. */
function drawLane(lane: NamedLane, answered: Props['answered'], window: Window) {
  const length = window.to - window.from;
  const xOf = (time: number) => ((time - window.from) / length) * 1000;
  const known = lane.entities.flatMap((number) => answered.get(number) ?? []);
  const parts = known.map((one) => ({
    number: one.entity,
    ...barsOf(fleet.entities[one.entity]?.entity ?? '', one, window),
  }));
  const bars = parts.flatMap((one) => one.bars);
  const ticks = parts
    .flatMap(({ number, marks }) => marks.map((tick) => ({ ...tick, number })))
    .sort((a, b) => a.seq - b.seq);
  const layers =
    parts.length > 1 &&
    bars.some((a) => bars.some((b) => a !== b && a.from < b.to && b.from < a.to));
  const picture = (
    <>
      <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ bars: inside }, n) =>
          inside.map((bar) => (
            <rect
              key={`${n} ${bar.from}`}
              class={`bar s-${colorClassOf(bar.status)}`}
              x={xOf(bar.from)}
              width={Math.max(1.5, xOf(bar.to) - xOf(bar.from) - 0.6)}
              y={layers ? 3 + (n * 14) / parts.length : 4}
              height={layers ? Math.max(2, 13 / parts.length) : 12}
            >
              <title>
                {bar.status} {clockTime(bar.from)}–{clockTime(bar.to)}
              </title>
            </rect>
          )),
        )}
        {ticks.map((tick) => (
          <rect
            key={tick.seq}
            class={tick.bad ? 'tick bad' : 'tick'}
            x={xOf(tick.at) - 0.7}
            width={tick.bad ? 2.2 : 1.2}
            y={tick.bad ? 0 : 2}
            height={tick.bad ? 20 : 16}
          >
            <title>
              {clockTime(tick.at)} {tick.type} · seq {tick.seq}
            </title>
          </rect>
        ))}
      </svg>
      {layers
        ? null
        : bars
            .filter(({ from, to }) => (to - from) / length > wordFits)
            .map((bar) => (
              <span
                key={bar.from}
                class="word"
                aria-hidden="true"
                ref={(element) => {
                  element?.style.setProperty('left', `${xOf(bar.from) / 10}%`);
                  element?.style.setProperty('width', `${(xOf(bar.to) - xOf(bar.from)) / 10}%`);
                }}
              >
                {bar.status}
              </span>
            ))}
    </>
  );
  return { bars, ticks, cut: known.some((one) => one.cut !== null), picture };
}

/** Moves the focus to the next lane. Tab reaches one lane only (roving tabindex). */
function toOtherLane({ key, currentTarget }: KeyboardEvent & { currentTarget: HTMLElement }) {
  const row = currentTarget.closest('.lane');
  const other = key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return false;
  const to = other?.matches('.lane') ? other.querySelector<HTMLElement>('.lane-time') : null;
  if (!to) return false;
  currentTarget.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
  return true;
}
