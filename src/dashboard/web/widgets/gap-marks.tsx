import type { ApiGap } from '../../api-types.ts';
import type { PlacedGap } from '../../history/gaps.ts';
import { formatCount } from '../format/format-time.ts';
import { gapText } from '../format/gap-text.ts';
import type { Window } from '../format/time-scale.ts';
import { connection } from '../state/store.ts';

/** Hatched marks for gaps in a time range. */
export function GapMarks({
  gaps,
  window,
}: {
  readonly gaps: readonly PlacedGap[];
  readonly window: Window;
}) {
  const percentOf = (at: number) =>
    Math.min(100, Math.max(0, ((at - window.from) / (window.to - window.from)) * 100));
  return gaps.map((gap) => {
    const [left, right] = [percentOf(gap.after), percentOf(gap.before)];
    return (
      <i
        key={gap.from}
        class="gap"
        title={gapText(gap, connection.value?.hello?.mode)}
        ref={(element) => {
          element?.style.setProperty('left', `${left}%`);
          element?.style.setProperty('width', `${right - left}%`);
        }}
      />
    );
  });
}

/** The first gaps as text, and how many more there are. */
export function GapNote({ gaps }: { readonly gaps: readonly ApiGap[] }) {
  if (gaps.length === 0) return null;
  const shown = gaps.slice(0, 3);
  return (
    <p class="gap-note" data-testid="gap">
      <span aria-hidden="true">▒▒</span>{' '}
      {shown.map((gap) => gapText(gap, connection.value?.hello?.mode)).join('; ')}
      {gaps.length > shown.length
        ? `; and ${formatCount(gaps.length - shown.length, 'more gap')}`
        : ''}
      . Counts leave these events out.
    </p>
  );
}
