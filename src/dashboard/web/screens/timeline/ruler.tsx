import type { Density } from '../../../history/query-types.ts';
import { clockTime } from '../../format/format-time.ts';
import { ticks, type Window } from '../../format/time-scale.ts';
import { goTo } from '../../state/store.ts';
import { GapMarks } from '../../widgets/gap-marks.tsx';
import { still } from '../../widgets/still.ts';

const fillHint = still('ruler');

interface Props {
  readonly window: Window;
  readonly density: Density | undefined;
  readonly brush: Window | undefined;
  /** The time of the pinned moment B. */
  readonly b: number | undefined;
}

/** The time axis with a histogram. A click goes to a time, a drag selects a range, the wheel zooms. */
export function Ruler({ window, density, brush, b }: Props) {
  const length = window.to - window.from;
  const xOf = (at: number) => ((at - window.from) / length) * 1000;
  const most = Math.max(1, ...(density?.bins ?? []).map(([count]) => count));
  const heightOf = (count: number) =>
    count === 0 ? 0 : 2 + (Math.log1p(count) / Math.log1p(most)) * 34;
  const left = (at: number) => (element: HTMLElement | null) =>
    element?.style.setProperty('left', `${xOf(at) / 10}%`);
  return (
    <div class="ruler">
      <div class="lane-name dim" ref={fillHint} />
      <div class="lane-time">
        <svg
          viewBox="0 0 1000 40"
          preserveAspectRatio="none"
          aria-hidden="true"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            goTo({
              at: null,
              time: window.from + ((event.clientX - box.left) / box.width) * length,
            });
          }}
        >
          {brush ? (
            <rect
              class="brush"
              x={xOf(brush.from)}
              width={xOf(brush.to) - xOf(brush.from)}
              height={40}
            />
          ) : null}
          {density?.bins.map(([count, bad], n) => {
            const each = (density.to - density.from) / density.bins.length;
            const x = xOf(density.from + n * each);
            const width = Math.max(0.5, (each / length) * 1000 - 1);
            return (
              <g key={`${n}`}>
                <rect
                  class="bin"
                  x={x}
                  width={width}
                  y={40 - heightOf(count)}
                  height={heightOf(count)}
                />
                {bad > 0 ? (
                  <rect
                    class="bin bad"
                    x={x}
                    width={width}
                    y={40 - Math.max(3, heightOf(count) * (bad / count))}
                    height={40}
                  />
                ) : null}
              </g>
            );
          })}
          {density?.marks.map(({ at, seq, what }) => (
            <path key={seq} class="mark" d={`M${xOf(at) - 4} 0h8l-4 7z`}>
              <title>
                {clockTime(at)} {what}
              </title>
            </path>
          ))}
        </svg>
        <GapMarks gaps={density?.gaps ?? []} window={window} />
        <div class="ticks dim" aria-hidden="true">
          {ticks(window, 7).map((at) =>
            xOf(at) > 940 ? null : (
              <span key={at} ref={left(at)}>
                {clockTime(at)}
              </span>
            ),
          )}
          {b === undefined || b < window.from || b > window.to ? null : <b ref={left(b)}>B</b>}
        </div>
      </div>
      <div class="lane-state dim">at the moment</div>
    </div>
  );
}
