import { useRef } from 'preact/hooks';
import type { Density, Lane } from '../questions.ts';
import { useAnswer } from './answers.ts';
import { bookmarks, toggleBookmark } from './bookmarks.ts';
import { GapMarks } from './gap-marks.tsx';
import { type LaneOf, laneEntities } from './lanes.ts';
import { Lanes } from './lanes.tsx';
import { extent, moment, roll, route, seek, seekAtTime, setWords, version } from './store.ts';
import { readWindow, ticks, type Window, writeWindow, zoom } from './timeline-scale.ts';
import { clockTime, counted, lasted } from './times.ts';
import { WorldDiff } from './world-diff.tsx';

/** When what happened, to whom. */
export function Timeline() {
  void version.value;
  const { words } = route.value;
  const all = extent.value;
  const here = moment.value;
  const whole: Window = { from: all?.firstAt ?? 0, to: (all?.lastAt ?? 0) + 1 };
  const window = readWindow(words['w'], whole);
  const by: LaneOf =
    words['lanes'] === 'host' ? 'host' : words['lanes'] === 'entity' ? 'entity' : 'agent';
  const everyone = words['every'] === '1';
  const lanes = laneEntities(roll, by, words['sel'] ?? '', words['f'] ?? '');
  const asked = lanes.flatMap(({ entities }) => entities);
  const fresh = `${all?.to} ${all?.from}`;
  const answered = useAnswer<Lane[]>(
    { ask: 'lanes', entities: asked.slice(0, 4000), ...window },
    fresh,
  );
  const density = useAnswer<Density>({ ask: 'density', bins: 120, ...window }, fresh);
  const set = (next: Window) => setWords({ w: writeWindow(next) });
  const near = () => here?.at ?? (window.from + window.to) / 2;
  return (
    <>
      <section class="panel head" aria-label="Timeline">
        <h1>
          Timeline <span class="dim">{lasted(window.to - window.from)}</span>
        </h1>
        <label class="pick">
          Lanes
          <select value={by} onChange={(event) => setWords({ lanes: event.currentTarget.value })}>
            <option value="agent">agents</option>
            <option value="host">hosts</option>
            <option value="entity">every entity</option>
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={!everyone}
            onChange={(event) => setWords({ every: event.currentTarget.checked ? '' : '1' })}
          />
          only lanes with changes
        </label>
        <input
          type="search"
          value={words['f'] ?? ''}
          placeholder="Filter  /"
          aria-label="Filter lanes by name"
          onInput={(event) => setWords({ f: event.currentTarget.value })}
        />
        <span class="grow" />
        <fieldset class="sizes" aria-label="Zoom">
          <button
            type="button"
            aria-label="Zoom in"
            onClick={() => set(zoom(window, whole, near(), 0.5))}
          >
            +
          </button>
          <button
            type="button"
            aria-label="Zoom out"
            onClick={() => set(zoom(window, whole, near(), 2))}
          >
            −
          </button>
          <button type="button" onClick={() => setWords({ w: '' })}>
            All
          </button>
        </fieldset>
        <button
          type="button"
          onClick={() => toggleBookmark(here?.seq ?? 0)}
          title="Bookmark this moment (b)"
        >
          {bookmarks.value.includes(here?.seq ?? -1) ? '★' : '☆'} Bookmark
        </button>
        <button
          type="button"
          aria-pressed={(words['b'] ?? '') !== ''}
          title="Pin this moment as B, then go elsewhere (D)"
          onClick={() => setWords({ b: words['b'] ? '' : String(here?.seq ?? '') })}
        >
          {words['b'] ? 'Unpin B' : 'Pin B'}
        </button>
      </section>
      {words['b'] && here ? <WorldDiff a={here.seq} b={Number(words['b'])} /> : null}
      <section class="panel lanes-panel">
        <Ruler window={window} density={density} onBrush={set} />
        <Lanes
          lanes={lanes}
          answered={answered ?? []}
          window={window}
          everyone={everyone}
          at={here?.at ?? window.to}
          gaps={density?.gaps ?? []}
        />
        {bookmarks.value.length === 0 ? null : (
          <p class="row bookmarks">
            {bookmarks.value.map((one) => (
              <button key={one} type="button" class="quiet" onClick={() => seek(one)}>
                ★ seq {one}
              </button>
            ))}
          </p>
        )}
        {density && density.marks.length > 0 ? (
          <details class="marks">
            <summary>
              {counted(density.marks.length, 'mark')}: charts that changed, what operators did
            </summary>
            <ul>
              {density.marks.slice(-50).map((one) => (
                <li key={one.seq}>
                  <button type="button" class="link" onClick={() => seek(one.seq)}>
                    {clockTime(one.at)} {one.what}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </section>
    </>
  );
}

interface RulerProps {
  readonly window: Window;
  readonly density: Density | undefined;
  onBrush(window: Window): void;
}

/** Time from left to right: a click goes there, a drag chooses a stretch, the wheel comes closer. */
function Ruler({ window, density, onBrush }: RulerProps) {
  const svg = useRef<SVGSVGElement>(null);
  const start = useRef<number | undefined>(undefined);
  const timeAt = (event: MouseEvent) => {
    const box = svg.current?.getBoundingClientRect();
    const part = box ? (event.clientX - box.left) / box.width : 0;
    return window.from + part * (window.to - window.from);
  };
  const length = window.to - window.from;
  const place = (at: number) => ((at - window.from) / length) * 1000;
  const most = Math.max(1, ...(density?.bins ?? []).map(([count]) => count));
  const tall = (count: number) =>
    count === 0 ? 0 : 2 + (Math.log1p(count) / Math.log1p(most)) * 34;
  return (
    <div class="ruler">
      <div class="lane-name dim">drag to choose a stretch</div>
      <div class="lane-time">
        <svg
          ref={svg}
          viewBox="0 0 1000 40"
          preserveAspectRatio="none"
          aria-hidden="true"
          onPointerDown={(event) => {
            start.current = timeAt(event);
            svg.current?.setPointerCapture(event.pointerId);
          }}
          onPointerUp={(event) => {
            const [from, to] = [start.current ?? 0, timeAt(event)].sort((a, b) => a - b);
            start.current = undefined;
            if (from === undefined || to === undefined) return;
            if (to - from < length / 100) seekAtTime(to);
            else onBrush({ from, to });
          }}
        >
          {density?.bins.map(([count, bad], n) => {
            const x = (n * 1000) / density.bins.length;
            const width = 1000 / density.bins.length - 1;
            return (
              <g key={`${n}`}>
                <rect class="bin" x={x} width={width} y={40 - tall(count)} height={tall(count)} />
                {bad > 0 ? (
                  <rect
                    class="bin bad"
                    x={x}
                    width={width}
                    y={40 - Math.max(3, tall(count) * (bad / count))}
                    height={40}
                  />
                ) : null}
              </g>
            );
          })}
          {density?.marks.map(({ at, seq }) => (
            <path key={seq} class="mark" d={`M${place(at) - 4} 0h8l-4 7z`} />
          ))}
        </svg>
        <GapMarks gaps={density?.gaps ?? []} window={window} />
        <div class="ticks dim" aria-hidden="true">
          {ticks(window, 7).map((at) => (
            <span
              key={at}
              ref={(element) => element?.style.setProperty('left', `${place(at) / 10}%`)}
            >
              {clockTime(at)}
            </span>
          ))}
        </div>
      </div>
      <div class="lane-state dim">at the moment</div>
    </div>
  );
}
