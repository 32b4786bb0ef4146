import type { Window } from '../../format/time-scale.ts';

interface Props {
  readonly window: Window;
  readonly from: number;
  readonly to?: number;
  readonly class: string;
}

/** A moment or a time range, drawn across all lanes. */
export function TimeMarker({ window, from, to, class: kind }: Props) {
  const part = (at: number) => ((at - window.from) / (window.to - window.from)) * 100;
  if (to === undefined && (part(from) < 0 || part(from) > 100)) return null;
  return (
    <li class="cursor" aria-hidden="true">
      <div class="lane-name" />
      <div class="lane-time">
        <i
          class={kind}
          ref={(element) => {
            element?.style.setProperty('left', `${part(from)}%`);
            if (to !== undefined) element?.style.setProperty('width', `${part(to) - part(from)}%`);
          }}
        />
      </div>
      <div class="lane-state" />
    </li>
  );
}
