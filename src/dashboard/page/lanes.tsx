import { useState } from 'preact/hooks';
import type { PlacedGap } from '../gaps.ts';
import type { Lane } from '../questions.ts';
import { GapMarks, GapNote } from './gap-marks.tsx';
import { barsOf, worst } from './lane-bars.ts';
import type { NamedLane } from './lanes.ts';
import { State } from './state.tsx';
import { paintOf } from './states.ts';
import { roll, seek, seekAtTime } from './store.ts';
import type { Window } from './timeline-scale.ts';
import { clockTime, counted } from './times.ts';
import { Words } from './words.tsx';

interface Props {
  readonly lanes: readonly NamedLane[];
  readonly answered: readonly Lane[];
  readonly window: Window;
  readonly everyone: boolean;
  readonly at: number;
  readonly gaps: readonly PlacedGap[];
}

const atATime = 60;

/** A lane for each, at most so many; what is left out is counted. */
export function Lanes({ lanes, answered, window, everyone, at, gaps }: Props) {
  const [most, setMost] = useState(atATime);
  const byEntity = new Map(answered.map((lane) => [lane.entity, lane]));
  const busy = everyone
    ? lanes
    : lanes.filter(({ entities }) =>
        entities.some((one) => (byEntity.get(one)?.steps.length ?? 0) > 0),
      );
  const length = window.to - window.from;
  const cursor = ((at - window.from) / length) * 100;
  return (
    <>
      <GapNote gaps={gaps} />
      <ul class="lanes">
        {gaps.length === 0 ? null : (
          <li class="cursor" aria-hidden="true">
            <div class="lane-name" />
            <div class="lane-time">
              <GapMarks gaps={gaps} window={window} />
            </div>
            <div class="lane-state" />
          </li>
        )}
        {cursor >= 0 && cursor <= 100 ? (
          <li class="cursor" aria-hidden="true">
            <div class="lane-name" />
            <div class="lane-time">
              <i ref={(element) => element?.style.setProperty('left', `${cursor}%`)} />
            </div>
            <div class="lane-state" />
          </li>
        ) : null}
        {busy.slice(0, most).map((lane) => (
          <LaneRow key={lane.key} lane={lane} answered={byEntity} window={window} at={at} />
        ))}
      </ul>
      {busy.length === 0 ? (
        <p class="notice">
          Nothing changed for {counted(lanes.length, 'lane')} in this stretch. Choose a longer one,
          or show every lane.
        </p>
      ) : null}
      {busy.length > most ? (
        <p class="more">
          <button type="button" onClick={() => setMost(most + atATime)}>
            Show {Math.min(atATime, busy.length - most)} more of{' '}
            {counted(busy.length - most, 'lane')}
          </button>
        </p>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly lane: NamedLane;
  readonly answered: ReadonlyMap<number, Lane>;
  readonly window: Window;
  readonly at: number;
}

function LaneRow({ lane, answered, window, at }: RowProps) {
  const length = window.to - window.from;
  const place = (time: number) => ((time - window.from) / length) * 1000;
  const parts = lane.entities.flatMap((number) => {
    const one = answered.get(number);
    return one ? [barsOf(roll.entities[number]?.entity ?? '', one, window)] : [];
  });
  const bars = parts.flatMap((one) => one.bars);
  const here = bars.filter(({ from, to }) => from <= at && at <= to).map(({ word }) => word);
  const word = worst(here);
  const layers =
    parts.length > 1 &&
    bars.some((a) => bars.some((b) => a !== b && a.from < b.to && b.from < a.to));
  return (
    <li>
      <div class="lane-name">
        {lane.kind === 'run' ? null : <span class="dim">{lane.kind} </span>}
        <Words class="cut" text={lane.name} />
      </div>
      <div class="lane-time">
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys step through the same places */}
        <svg
          viewBox="0 0 1000 20"
          preserveAspectRatio="none"
          role="img"
          aria-label={`${lane.name}: ${[...new Set(bars.map((bar) => bar.word))].join(', then ')}`}
          onClick={(event) => {
            const tick = (event.target as Element).getAttribute('data-seq');
            if (tick !== null) {
              seek(Number(tick));
              return;
            }
            const box = event.currentTarget.getBoundingClientRect();
            seekAtTime(window.from + ((event.clientX - box.left) / box.width) * length);
          }}
        >
          {parts.map(({ bars: inside }, n) =>
            inside.map((bar) => (
              <rect
                key={`${n} ${bar.from}`}
                class={`bar s-${paintOf(bar.word)}`}
                x={place(bar.from)}
                width={Math.max(1.5, place(bar.to) - place(bar.from) - 0.6)}
                y={layers ? 3 + (n * 14) / parts.length : 5}
                height={layers ? Math.max(2, 13 / parts.length) : 10}
              >
                <title>
                  {bar.word} {clockTime(bar.from)}–{clockTime(bar.to)}
                </title>
              </rect>
            )),
          )}
          {parts.map(({ marks }) =>
            marks.map((tick) => (
              <rect
                key={tick.seq}
                class={tick.bad ? 'tick bad' : 'tick'}
                x={place(tick.at) - 0.7}
                width={tick.bad ? 2.2 : 1.2}
                y={tick.bad ? 0 : 2}
                height={tick.bad ? 20 : 16}
                data-seq={tick.seq}
              >
                <title>
                  {clockTime(tick.at)} {tick.type} · seq {tick.seq}
                </title>
              </rect>
            )),
          )}
        </svg>
      </div>
      <div class="lane-state">
        {word === '' ? <span class="dim">–</span> : <State word={word} />}
      </div>
    </li>
  );
}
