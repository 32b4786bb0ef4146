import { useMemo } from 'preact/hooks';
import type { PlacedGap } from '../../../history/gaps.ts';
import type { Lane } from '../../../history/query-types.ts';
import type { Window } from '../../format/time-scale.ts';
import { fleet } from '../../state/store.ts';
import { GapMarks, GapNote } from '../../widgets/gap-marks.tsx';
import { type Band, bandClass, concerns } from './bands.ts';
import { CauseArrows } from './cause-overlay.tsx';
import { hoveredTransition } from './hovered-transition.ts';
import { type LaneGrouping, type NamedLane, zoneOf } from './lane-model.ts';
import { LaneRow } from './lane-row.tsx';
import { TimeMarker } from './time-marker.tsx';

interface Props {
  readonly lanes: readonly NamedLane[];
  readonly by: LaneGrouping;
  readonly answered: readonly Lane[];
  readonly window: Window;
  readonly brush: Window | undefined;
  /** The times of A, the current moment, and B, the pinned moment. */
  readonly at: number;
  readonly b: number | undefined;
  readonly gaps: readonly PlacedGap[];
  readonly bands: readonly Band[];
}

/** The holds and brakes that concern each lane. */
function bandsOver(lanes: readonly NamedLane[], bands: readonly Band[]): readonly Band[][] {
  const some = bands.filter(({ of }) => of);
  return lanes.map(({ entities }) => {
    if (some.length === 0) return [];
    const inside = entities.flatMap((number) => fleet.entities[number] ?? []);
    const zones = new Set(inside.map((entity) => zoneOf(fleet, entity)));
    return some.filter((band) => concerns(band, inside, zones));
  });
}

/** The lanes. The up and down keys move between them. */
export function LaneList({ lanes, by, answered, window, brush, at, b, gaps, bands }: Props) {
  const byEntity = useMemo(() => new Map(answered.map((lane) => [lane.entity, lane])), [answered]);
  const scoped = useMemo(() => bandsOver(lanes, bands), [lanes, bands]);
  return (
    <>
      <GapNote gaps={gaps} />
      <ul
        class="lanes"
        onPointerLeave={() => {
          hoveredTransition.value = null;
        }}
      >
        {gaps.length === 0 ? null : (
          <li class="cursor" aria-hidden="true">
            <div class="lane-name" />
            <div class="lane-time">
              <GapMarks gaps={gaps} window={window} />
            </div>
            <div class="lane-state" />
          </li>
        )}
        {bands
          .filter(({ of }) => !of)
          .map(({ kind, name, from, to }) => (
            <TimeMarker
              key={`${kind} ${name} ${from}`}
              {...{ window, from, to }}
              class={bandClass(kind)}
            />
          ))}
        <TimeMarker window={window} from={at} class="a" />
        {b === undefined ? null : <TimeMarker window={window} from={b} class="b" />}
        {brush ? (
          <TimeMarker window={window} from={brush.from} to={brush.to} class="brush" />
        ) : null}
        {lanes.map((lane, n) => (
          <LaneRow
            key={lane.key}
            lane={lane}
            answered={byEntity}
            window={window}
            at={at}
            isFirst={n === 0}
            bands={scoped[n] ?? []}
          />
        ))}
        <CauseArrows lanes={lanes} by={by} window={window} />
      </ul>
    </>
  );
}
