import type { ApiWhy } from '../../api-types.ts';
import { isUtc, zone } from '../format/time-zone.ts';
import { type Subject, subjectName } from '../model/subject.ts';
import { clock, fleet, isPast, momentPath } from '../state/store.ts';
import { useFetch } from '../state/use-query.ts';
import { useThrottled } from '../state/use-throttled.ts';

/** The sentences contain ages, so they are asked again after this time in ms. */
const again = 10_000;

/** The sentences of `rollcall why`: the cause, what was before, and what happens next. */
export function WhySentences({
  subject,
  fresh,
}: {
  readonly subject: Exclude<Subject, { kind: 'host' }>;
  /** Changes when the state of the subject does. */
  readonly fresh: unknown;
}) {
  const name = encodeURIComponent(subjectName(subject));
  const { timeZone } = isUtc.value ? { timeZone: 'UTC' } : zone.resolvedOptions();
  const turn = isPast.value
    ? fresh
    : `${fresh} ${fleet.controls.changes} ${Math.floor(clock.value / again)}`;
  // Playback changes the moment in each frame, and an answer about the past replays events.
  const wanted = momentPath(
    'why',
    `kind=${subject.kind}&name=${name}&zone=${encodeURIComponent(timeZone)}`,
  );
  const [path = '', state] = useThrottled(`${wanted}#${turn}`, 700).split('#');
  const { value, failed, to } = useFetch<ApiWhy>(path, state);
  // What explains another moment only keeps its room.
  const classes = `why-text${to === wanted ? '' : ' other'}`;
  if (!value) return failed === undefined ? null : <p class={`${classes} dim`}>{failed}</p>;
  return (
    <section class={classes} aria-label="Why">
      {value.found.map((parts) => (
        <p key={parts[0]?.[0]}>
          {parts.map(([text, href]) =>
            href === undefined ? text : href ? <a href={href}>{text}</a> : <b>{text}</b>,
          )}
        </p>
      ))}
    </section>
  );
}
