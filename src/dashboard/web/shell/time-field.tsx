import { isSoon, isTimeOfDay } from '../../../domain/parse-clock-time.ts';
import { parseRange, parseTime } from '../format/parse-time.ts';
import { writeWindow } from '../format/time-scale.ts';
import { pause } from '../state/playback.ts';
import { writeRoute } from '../state/route.ts';
import { goTo, navigate, present, route, shownAt } from '../state/store.ts';
import { CopyButton } from '../widgets/copy-button.tsx';
import { textOf } from '../widgets/still.ts';

/** Goes to a time that a person writes; a range opens the timeline of it. */
export function TimeField() {
  return (
    <form
      class="time-field"
      onSubmit={(event) => {
        event.preventDefault();
        const field = event.currentTarget.elements.namedItem('time') as HTMLInputElement;
        const { value } = field;
        const now = present.value;
        const range = parseRange(value, now);
        const at = range?.to ?? parseTime(value, now);
        const from = range?.from ?? at ?? now;
        if (at === undefined || from > now || isSoon(value, from, now)) {
          const before = isTimeOfDay(value) ? ` For the day before, write: yesterday ${value}` : '';
          field.setCustomValidity(
            at === undefined
              ? `Write ${textOf('times')}`
              : `Nothing is recorded at this time yet.${before}`,
          );
          field.reportValidity();
          return;
        }
        pause();
        field.value = '';
        field.blur();
        goTo({ at: null, time: at });
        if (range)
          navigate({
            screen: 'timeline',
            params: { ...route.peek().params, w: writeWindow(range) },
          });
      }}
    >
      <input
        name="time"
        placeholder="Go to 14:03  t"
        aria-label="Go to a time"
        title={textOf('times')}
        autocomplete="off"
        onInput={(event) => event.currentTarget.setCustomValidity('')}
      />
    </form>
  );
}

/** Copies the address of what the page shows, with the absolute time: a colleague sees the same moment. */
export const CopyLink = () => (
  <CopyButton
    text={() => {
      const here = { ...route.peek(), at: null, time: Math.ceil(shownAt.peek()) };
      return new URL(writeRoute(here), location.href).href;
    }}
  >
    Copy link
  </CopyButton>
);
