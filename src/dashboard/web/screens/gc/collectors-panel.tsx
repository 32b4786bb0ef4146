import { dayTime, since } from '../../format/format-time.ts';
import { watchingSince } from '../../model/gc-pipeline.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName, subjectOf } from '../../model/subject.ts';
import { fleet, now } from '../../state/store.ts';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';

/** The collectors and their seats. A killed collector writes no final event; its seat lapses. */
export function CollectorsPanel({ seats }: { readonly seats: number | null }) {
  const all = fleet
    .of('collector')
    .filter(({ state }) => state !== 'stopped')
    .sort((a, b) => watchingSince(b) - watchingSince(a));
  const shown = all.slice(0, Math.max(seats ?? 3, 3));
  return (
    <section class="panel seats" aria-label="Collectors">
      <h2>Collectors</h2>
      {shown.length === 0 ? <p class="dim">No collector appears in this history.</p> : null}
      <ul class="seat-list">
        {shown.map((one) => {
          const { number, entity, state } = one;
          const subject = subjectOf(entity);
          const from = watchingSince(one);
          return (
            <li key={number}>
              <StateBadge
                status={
                  fleet.observation === 'unknown' ? 'unverified' : statusOf('collector', state)
                }
              />
              {subject ? <SubjectLink of={subject} text={entityName(entity)} /> : null}
              <span class="dim num" title={dayTime(from)}>
                {since(from, now.value)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
