import '../styles/playback.css';
import { useEffect, useRef } from 'preact/hooks';
import type { Density } from '../../history/query-types.ts';
import { dayTime, formatCount, formatNumber, when } from '../format/format-time.ts';
import { gapsOf, gapText, leftOut } from '../format/gap-text.ts';
import { readPin } from '../format/pin.ts';
import { queryRange } from '../format/time-scale.ts';
import { shownZone, switchZone } from '../format/time-zone.ts';
import { liveLabel } from '../state/head-name.ts';
import { isPlaying, nextStep, pause, play } from '../state/playback.ts';
import {
  connection,
  extent,
  hrefTo,
  isKnown,
  isPast,
  moment,
  present,
  route,
  seek,
  seekAtTime,
  shownAt,
} from '../state/store.ts';
import { theme } from '../state/theme.ts';
import { useHistoryQuery } from '../state/use-query.ts';
import { textOf } from '../widgets/still.ts';
import { paintActivity } from './paint-activity.ts';
import { CopyLink, TimeField } from './time-field.tsx';

/** The bar below every screen: the current moment, playback, and a slider over the history. */
export function PlaybackBar() {
  const all = extent.value;
  if (!isKnown.value || !all) return null;
  const playing = isPlaying.value;
  const { hello } = connection.value ?? { hello: null };
  const gaps = gapsOf(all, hello);
  const missing = leftOut(gaps);
  return (
    <section class="transport" aria-label="Time">
      <div class="controls">
        <button
          type="button"
          aria-label="Step back"
          title="Step back (,)"
          onClick={() => nextStep(false)}
        >
          ◂
        </button>
        <button
          type="button"
          class="play"
          aria-label={playing ? 'Pause' : 'Play'}
          title={playing ? 'Pause (Space)' : 'Play (Space)'}
          onClick={playing ? pause : play}
        >
          {playing ? '❚❚' : '▶'}
        </button>
        <button
          type="button"
          aria-label="Step forward"
          title="Step forward (.)"
          onClick={() => nextStep(true)}
        >
          ▸
        </button>
        <button
          type="button"
          class="quiet wide-only"
          title="Next problem (n)"
          onClick={() => nextStep(true, { problems: true })}
        >
          next problem
        </button>
        <Where />
        <TimeField />
        <CopyLink />
        <Pinned />
        <span class="grow" />
        <span class="dim wide-only">
          {all.complete
            ? formatCount(all.rows, 'transition')
            : `loading older history … ${formatCount(all.rows, 'transition')} so far`}
          {missing === '' ? null : (
            <span
              title={gaps
                .map((gap) => gapText(gap, hello?.mode))
                .slice(0, 20)
                .join('\n')}
            >
              {' '}
              · {missing}
            </span>
          )}
        </span>
        <button
          type="button"
          class="live"
          aria-pressed={!isPast.value}
          title={`Back to ${liveLabel.value} (L)`}
          onClick={() => seek('head')}
        >
          <span aria-hidden="true">●</span> {hello?.mode === 'recording' ? 'End' : 'Live'}
        </button>
      </div>
      <ActivitySlider />
    </section>
  );
}

/** The moment, which changes with each step: alone, so that the rest of the bar does not. */
function Where() {
  const at = shownAt.value;
  return (
    <span class="where">
      <b title={dayTime(at)}>{when(at)}</b>{' '}
      <button type="button" class="link zone" title={textOf('zone')} onClick={switchZone}>
        {shownZone(at)}
      </button>
      <span class="dim">
        {' '}
        seq {formatNumber(moment.value?.seq ?? 0)} / {formatNumber(extent.value?.to ?? 0)}
      </span>
    </span>
  );
}

/** The pinned moment, with the comparison. */
function Pinned() {
  const pin = readPin(route.value.params['b']);
  return pin ? (
    <a class="button" href={hrefTo({ screen: 'timeline', params: {} })}>
      Compare with B{pin.at === undefined ? '' : ` ${when(pin.at)}`}
    </a>
  ) : null;
}

/** The time range of the slider: the history in memory and what passed since, at least one second. */
function span(): { from: number; to: number } {
  const from = extent.value?.firstAt ?? 0;
  return { from, to: Math.max(present.value, from + 1000) };
}

/** A histogram of changes with a slider over it. */
function ActivitySlider() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const slider = useRef<HTMLInputElement>(null);
  const here = moment.value;
  const { from, to } = span();
  const fresh = `${extent.value?.to} ${extent.value?.from}`;
  const range = queryRange({ from, to });
  const bins = useHistoryQuery<Density>({ ask: 'density', bins: 240, ...range }, fresh);
  const known = theme.value;
  const isCutOff = extent.value?.complete === true && extent.value.from > 1;
  useEffect(() => {
    if (canvas.current && bins) paintActivity(canvas.current, bins, isCutOff);
  }, [bins, known, isCutOff]);
  const at = shownAt.value;
  const value = Math.round((Math.min(Math.max(at, from), to) - from) * (10_000 / (to - from)));
  useEffect(() => {
    if (slider.current && document.activeElement !== slider.current)
      slider.current.value = String(value);
  });
  return (
    <div class="strip">
      <canvas ref={canvas} />
      <input
        ref={slider}
        type="range"
        min={0}
        max={10_000}
        step={1}
        value={value}
        aria-label="Moment"
        aria-valuetext={here ? `${dayTime(at)}, ${formatCount(here.newer, 'change')} since` : ''}
        onInput={(event) => {
          pause();
          const part = Number(event.currentTarget.value) / 10_000;
          if (part >= 1) seek('head');
          else seekAtTime(from + part * (to - from));
        }}
      />
      <div class="ends dim" aria-hidden="true">
        <span>{dayTime(from)}</span>
        <span>
          {bins
            ? formatCount(
                bins.bins.reduce((sum, [, bad]) => sum + bad, 0),
                'problem',
              )
            : ''}
        </span>
        <span>{dayTime(to)}</span>
      </div>
    </div>
  );
}
