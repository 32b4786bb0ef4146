import '../../styles/timeline.css';
import { useMemo, useState } from 'preact/hooks';
import type { Density, Lane, Stirred, When } from '../../../history/query-types.ts';
import { formatCount, formatDuration, formatNumber } from '../../format/format-time.ts';
import { readPin } from '../../format/pin.ts';
import { queryRange, readWindow, type Window, writeWindow, zoom } from '../../format/time-scale.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { FilterField, FilterNote } from '../../shell/filter-field.tsx';
import {
  extent,
  fleet,
  isPast,
  moment,
  outages,
  presentInSteps,
  route,
  setParams,
  shownAt,
  togglePin,
  version,
} from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { MoreRows } from '../../widgets/more-rows.tsx';
import { textOf } from '../../widgets/still.ts';
import { bandsOf, hasBands, outageBands } from './bands.ts';
import { CauseText } from './cause-text.tsx';
import { FleetDiff } from './fleet-diff.tsx';
import { LaneList } from './lane-list.tsx';
import {
  busyLanes,
  type LaneGrouping,
  laneEntities,
  laneGroupings,
  laneWords,
} from './lane-model.ts';
import { Legend } from './legend.tsx';
import { Ruler } from './ruler.tsx';
import { usePanZoom } from './use-pan-zoom.ts';

const pageSize = 60;
const none: readonly Lane[] = [];
/** At most this many runs are drawn: an agent that crashes in a loop may have any number. */
const mostEntities = 4000;

/** The states of agents, hosts or entities over time. */
export function TimelineScreen() {
  void version.value;
  const { params } = route.value;
  const all = extent.value;
  const here = moment.value;
  // Its end moves by steps of a pixel or so, so that the bars are not drawn again each second.
  const whole: Window = queryRange({ from: all?.firstAt ?? 0, to: presentInSteps.value + 1 });
  const window = readWindow(params['w'], whole);
  const asked = queryRange(window);
  const by: LaneGrouping = laneGroupings.find((one) => one === params['lanes']) ?? 'agent';
  const f = params['f'] ?? '';
  const isUnfiltered = params['every'] === '1';
  const { sel = '' } = params;
  const ofAll = [fleet.entities, fleet.entities.length, by, sel];
  const everyLane = useMemo(() => laneEntities(fleet, by, sel, ''), ofAll);
  const lanes = useMemo(
    () => (f === '' ? everyLane : laneEntities(fleet, by, sel, f)),
    [...ofAll, f, f && version.value],
  );
  const fresh = `${all?.to} ${all?.from}`;
  const changed = useHistoryQuery<Stirred[]>({ ask: 'stirred', ...asked }, fresh);
  const busy = useMemo(
    () => busyLanes(lanes, changed ?? [], isUnfiltered),
    [lanes, changed, isUnfiltered],
  );
  const [most, setMost] = useState(pageSize);
  const shown = useMemo(() => busy.slice(0, most), [busy, most]);
  const entities = shown.flatMap((one) => one.entities);
  const answered = useHistoryQuery<Lane[]>(
    { ask: 'lanes', entities: entities.slice(0, mostEntities), ...asked },
    fresh,
  );
  const banded = useMemo(
    () => fleet.entities.flatMap((one, number) => (hasBands(one) ? [number] : [])),
    [fleet.entities, fleet.entities.length],
  );
  const bandLanes = useHistoryQuery<Lane[]>(
    { ask: 'lanes', entities: banded.slice(-mostEntities), ...asked },
    fresh,
  );
  const bands = useMemo(
    () => [
      ...bandsOf(bandLanes ?? [], (number) => fleet.entities[number], window),
      ...outageBands(JSON.parse(outages.value), window),
    ],
    [bandLanes, outages.value, window.from, window.to],
  );
  const density = useHistoryQuery<Density>({ ask: 'density', bins: 120, ...asked }, fresh);
  const pinned = readPin(params['b']);
  const found = useHistoryQuery<When[]>(
    pinned && pinned.at === undefined ? { ask: 'when', seqs: [pinned.seq] } : null,
    fresh,
  );
  const b = pinned?.at ?? found?.find(({ seq }) => seq === pinned?.seq)?.at;
  const [changes, bad] = (density?.bins ?? []).reduce(
    ([changeSum, problemSum], [count, problems]) =>
      [changeSum + count, problemSum + problems] as const,
    [0, 0] as readonly [number, number],
  );
  const set = (next: Window) => setParams({ w: writeWindow(next) });
  const at = isPast.value ? shownAt.value : presentInSteps.value;
  const near = here ? at : (window.from + window.to) / 2;
  const { panel, brush } = usePanZoom({
    ...{ window, whole, near, onWindow: set },
    onAll: () => setParams({ w: '' }),
  });
  return (
    <>
      <section class="panel head" aria-label="Timeline">
        <h1>
          Timeline{' '}
          <span class="dim">
            {formatDuration(window.to - window.from)}, {formatCount(changes, 'change')},{' '}
            {formatCount(bad, 'problem')}
          </span>
        </h1>
        <label class="pick">
          Lanes
          <select value={by} onChange={(event) => setParams({ lanes: event.currentTarget.value })}>
            {laneGroupings.map((one) => (
              <option key={one} value={one}>
                {one === 'entity' ? 'every entity' : `${one}s`}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={!isUnfiltered}
            onChange={(event) => setParams({ every: event.currentTarget.checked ? '' : '1' })}
          />
          only with changes
        </label>
        <FilterField of={by === 'entity' ? 'entities' : `${by}s`} words={laneWords(by)} />
        <span class="grow" />
        <fieldset class="sizes" aria-label="Zoom">
          <button
            type="button"
            aria-label="Zoom in"
            title="Zoom in (+)"
            onClick={() => set(zoom(window, whole, near, 0.5))}
          >
            +
          </button>
          <button
            type="button"
            aria-label="Zoom out"
            title="Zoom out (−)"
            onClick={() => set(zoom(window, whole, near, 2))}
          >
            −
          </button>
          <button type="button" title="Show all (0)" onClick={() => setParams({ w: '' })}>
            All
          </button>
        </fieldset>
        <a
          class="button"
          href={apiPath(
            `audit?full=1&since=${Math.floor(window.from)}&until=${Math.ceil(window.to)}`,
          )}
          download={`rollcall-${new Date(window.from).toISOString().slice(0, 19).replaceAll(':', '')}.ndjson`}
          title={textOf('export')}
        >
          Export
        </a>
        <button
          type="button"
          aria-pressed={pinned !== undefined}
          title={textOf('pin')}
          onClick={togglePin}
        >
          {pinned ? 'Unpin B' : 'Pin B'}
        </button>
      </section>
      <FilterNote text={f} words={laneWords(by)} found={[lanes.length, everyLane.length, 'lane']} />
      {pinned && here ? (
        <FleetDiff here={here.seq} at={shownAt.value} pinned={pinned.seq} pinnedAt={b} />
      ) : null}
      <section class="panel lanes-panel" ref={panel}>
        <Ruler {...{ window, density, brush, b }} />
        <CauseText />
        <LaneList
          {...{ by, window, brush, b }}
          lanes={shown}
          answered={answered ?? none}
          at={at}
          gaps={density?.gaps ?? []}
          bands={bands}
        />
        <Legend bands={bands} />
        {changed && busy.length === 0 && lanes.length > 0 ? (
          <p class="notice">
            No changes in {formatCount(lanes.length, 'lane')} in this range. Select a longer range,
            or show every lane.
          </p>
        ) : null}
        {busy.length > most ? (
          <MoreRows
            key={most}
            left={busy.length - most}
            atATime={pageSize}
            what="lane"
            onMore={() => setMost(most + pageSize)}
          />
        ) : null}
        {entities.length > mostEntities ? (
          <p class="dim">
            These lanes have {formatCount(entities.length, 'run')}. Only the first{' '}
            {formatNumber(mostEntities)} are drawn. Filter by name to see the others.
          </p>
        ) : null}
      </section>
    </>
  );
}
