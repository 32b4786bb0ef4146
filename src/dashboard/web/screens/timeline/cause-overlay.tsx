import '../../styles/causes.css';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ApiEntity } from '../../../api-types.ts';
import type { Window } from '../../format/time-scale.ts';
import { fleet } from '../../state/store.ts';
import { useThrottled } from '../../state/use-throttled.ts';
import { type Arrow, arrowsOf, type Point } from './cause-arrows.ts';
import { hoveredTransition, useCauses } from './hovered-transition.ts';
import { type LaneGrouping, laneKey, type NamedLane, zoneOf } from './lane-model.ts';

interface Props {
  readonly lanes: readonly NamedLane[];
  readonly by: LaneGrouping;
  readonly window: Window;
}

/** Arrows over the lanes: from the causes of the hovered change, and to its effects. */
export function CauseArrows({ lanes, by, window }: Props) {
  const on = useThrottled(hoveredTransition.value, 120);
  const causes = useCauses(on);
  const layer = useRef<HTMLDivElement>(null);
  const [arrows, setArrows] = useState<readonly Arrow[]>([]);
  const [center, setCenter] = useState<Point>();
  useLayoutEffect(() => {
    const list = layer.current?.closest('.lanes');
    setArrows([]);
    setCenter(undefined);
    if (!on || !layer.current || !list) return;
    const rows = [...list.querySelectorAll<HTMLElement>(':scope > .lane')];
    const middles = new Map(
      lanes.map(({ key }, n) => [
        key,
        (rows[n]?.offsetTop ?? 0) + (rows[n]?.offsetHeight ?? 0) / 2,
      ]),
    );
    const width = layer.current.clientWidth;
    const pointOf = ({ at, entity }: { readonly at: number; readonly entity: ApiEntity }) => ({
      x: ((at - window.from) / (window.to - window.from)) * width,
      y: middles.get(laneKey(by, entity, by === 'zone' ? zoneOf(fleet, entity) : '')),
    });
    setCenter(pointOf(on));
    if (!causes) return;
    const { cause, led } = causes;
    setArrows(arrowsOf(pointOf(on), cause ? [pointOf(cause)] : [], led.map(pointOf), width));
  }, [on, causes, lanes, window.from, window.to]);
  return (
    <li class="cursor arrows" aria-hidden="true">
      <div class="lane-name" />
      <div class="lane-time" ref={layer}>
        <svg aria-hidden="true">
          {center?.y === undefined ? null : <circle cx={center.x} cy={center.y} r={7} />}
          {arrows.map(({ path, kind }) => (
            <path key={path} class={kind} d={path} marker-end="url(#arrow)" />
          ))}
        </svg>
      </div>
      <div class="lane-state" />
    </li>
  );
}
