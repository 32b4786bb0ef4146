import type { Window } from '../../format/time-scale.ts';

interface Props {
  readonly window: Window;
  readonly from: number;
  readonly to?: number | undefined;
  readonly class: string;
}

/** A moment or a time range in a lane. */
export function Span({ window, from, to, class: kind }: Props) {
  const part = (at: number) => `${(at / (window.to - window.from)) * 100}%`;
  return (
    <i
      class={kind}
      ref={(element) => {
        element?.style.setProperty('left', part(from - window.from));
        if (to !== undefined) element?.style.setProperty('width', part(to - from));
      }}
    />
  );
}

/** A moment or a time range, drawn across all lanes. */
export function TimeMarker({ window, from, to, class: kind }: Props) {
  if (to === undefined && (from < window.from || from > window.to)) return null;
  return (
    <li class="cursor" aria-hidden="true">
      <div class="lane-name" />
      <div class="lane-time">
        <Span {...{ window, from, to }} class={kind} />
      </div>
      <div class="lane-state" />
    </li>
  );
}
