import { useMemo } from 'preact/hooks';
import type { PlacedGap } from '../../../history/gaps.ts';
import type { Lane } from '../../../history/query-types.ts';
import type { Window } from '../../format/time-scale.ts';
import { GapMarks, GapNote } from '../../widgets/gap-marks.tsx';
import type { Band } from './bands.ts';
import { CauseArrows } from './cause-overlay.tsx';
import { hoveredTransition } from './hovered-transition.ts';
import type { LaneGrouping, NamedLane } from './lane-model.ts';
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

/** The lanes. The up and down keys move between them. */
export function LaneList({ lanes, by, answered, window, brush, at, b, gaps, bands }: Props) {
  const byEntity = useMemo(() => new Map(answered.map((lane) => [lane.entity, lane])), [answered]);
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
        {bands.map(({ kind, name, from, to }) => (
          <TimeMarker
            key={`${kind} ${name} ${from}`}
            {...{ window, from, to }}
            class={`band ${kind.split(' ')[0]}`}
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
          />
        ))}
        <CauseArrows lanes={lanes} by={by} window={window} />
      </ul>
    </>
  );
}
