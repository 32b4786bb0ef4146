import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ApiCauses, ApiEntity, ApiRelatedEvent } from '../../../api-types.ts';
import { clockTime } from '../../format/format-time.ts';
import type { Window } from '../../format/time-scale.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { seek } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { useThrottled } from '../../state/use-throttled.ts';
import { EventLink } from '../../widgets/event-link.tsx';
import { type Arrow, arrowsOf, type Point } from './cause-arrows.ts';
import { type LaneGrouping, laneKey, type NamedLane } from './lane-model.ts';

/** The change under the pointer or the keyboard focus. A signal, so that the lanes are not rendered again. */
export interface HoveredTransition {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly entity: ApiEntity;
}
export const hoveredTransition = signal<HoveredTransition | null>(null);

/** The last change hovered for 150 ms. The pointer may cross others on its way to the text. */
function useSettledHover(): HoveredTransition | null {
  const now = hoveredTransition.value;
  const [rested, setRested] = useState<HoveredTransition | null>(null);
  useEffect(() => {
    if (!now) return;
    const timer = setTimeout(() => setRested(now), settlesAfter);
    return () => clearTimeout(timer);
  }, [now]);
  return rested;
}

const settlesAfter = 150;

function useCauses(on: HoveredTransition | null): ApiCauses | undefined {
  const { value } = useFetch<ApiCauses>(on && apiPath(`causes/${on.seq}`));
  return on && value?.seq === on.seq ? value : undefined;
}

interface Props {
  readonly lanes: readonly NamedLane[];
  readonly by: LaneGrouping;
  readonly window: Window;
}

/** Arrows over the lanes: from the causes of the hovered change, and to its effects. */
export function CauseArrows({ lanes, by, window }: Props) {
  const on = useThrottled(hoveredTransition.value, 120);
  const causes = useCauses(on);
  const place = useRef<HTMLDivElement>(null);
  const [arrows, setArrows] = useState<readonly Arrow[]>([]);
  const [here, setHere] = useState<Point>();
  useLayoutEffect(() => {
    const list = place.current?.closest('.lanes');
    setArrows([]);
    setHere(undefined);
    if (!on || !place.current || !list) return;
    const rows = [...list.querySelectorAll<HTMLElement>(':scope > .lane')];
    const middles = new Map(
      lanes.map(({ key }, n) => [
        key,
        (rows[n]?.offsetTop ?? 0) + (rows[n]?.offsetHeight ?? 0) / 2,
      ]),
    );
    const width = place.current.clientWidth;
    const spot = ({ at, entity }: { readonly at: number; readonly entity: ApiEntity }) => ({
      x: ((at - window.from) / (window.to - window.from)) * width,
      y: middles.get(laneKey(by, entity)),
    });
    setHere(spot(on));
    if (!causes) return;
    const { cause, led } = causes;
    setArrows(arrowsOf(spot(on), cause ? [spot(cause)] : [], led.map(spot), width));
  }, [on, causes, lanes, window.from, window.to]);
  return (
    <li class="cursor arrows" aria-hidden="true">
      <div class="lane-name" />
      <div class="lane-time" ref={place}>
        <svg aria-hidden="true">
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="6"
              markerHeight="6"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" />
            </marker>
          </defs>
          {here?.y === undefined ? null : <circle cx={here.x} cy={here.y} r={7} />}
          {arrows.map(({ path, kind }) => (
            <path key={path} class={kind} d={path} marker-end="url(#arrow)" />
          ))}
        </svg>
      </div>
      <div class="lane-state" />
    </li>
  );
}

/** The same as text, with links to the events. It stays after the pointer leaves. */
export function CauseText() {
  const on = useSettledHover();
  const causes = useCauses(on);
  return (
    <p class="causes" role="status">
      {on ? (
        <>
          <EventTime one={on} />{' '}
          <EventLink {...on}>
            <b>{on.type}</b>{' '}
          </EventLink>
          {causes?.by ? <span class="dim"> by {causes.by}</span> : null}
          {causes ? <CauseList causes={causes} /> : null}
        </>
      ) : (
        <span class="dim">
          Hover over a change to see its causes and effects, or focus a lane and press ← or →.
        </span>
      )}
    </p>
  );
}

const named = 3;

function CauseList({ causes: { cause, far, led, more } }: { readonly causes: ApiCauses }) {
  const types = Map.groupBy(led, ({ type }) => type);
  return (
    <>
      {cause ? (
        <span>
          {' '}
          · caused by <EventTime one={cause} /> <EventLink {...cause}>{cause.type} </EventLink>
        </span>
      ) : null}
      {far ? <span class="dim"> · the cause is not in memory</span> : null}
      {cause || far || led.length > 0 ? null : <span class="dim"> · no recorded cause</span>}
      {[...types].map(([type, all]) => (
        <span key={type}>
          {' '}
          · caused {type}{' '}
          {all.slice(0, named).map((one) => (
            <span key={one.seq}>
              <EventLink {...one} /> <EventTime one={one} />{' '}
            </span>
          ))}
          {all.length > named ? `and ${all.length - named} more` : ''}
        </span>
      ))}
      {more > 0 ? <span class="dim"> · and {more} more events</span> : null}
    </>
  );
}

function EventTime({ one: { seq, at } }: { readonly one: Pick<ApiRelatedEvent, 'seq' | 'at'> }) {
  return (
    <button type="button" class="link num" title={`seq ${seq}`} onClick={() => seek(seq)}>
      {clockTime(at)}
    </button>
  );
}
