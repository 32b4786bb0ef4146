import { dayTime, since, when } from '../../format/format-time.ts';
import { collectorStatus } from '../../model/gc-pipeline.ts';
import { entityName, subjectOf } from '../../model/subject.ts';
import { fleet, now, shownAt, version } from '../../state/store.ts';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';

/** The collectors, those that may have ended last. A killed one writes no final event, but loses its seat. */
export function CollectorsPanel() {
  void version.value;
  const { controls } = fleet;
  const all = controls
    .collectors()
    .map((one) => {
      const status = collectorStatus(one, fleet, shownAt.value);
      return { ...one, status, isLost: Number(/^(no|un)/.test(status)) };
    })
    .filter(({ status }) => status !== 'stopped')
    .sort((a, b) => a.isLost - b.isLost || b.watchingSince - a.watchingSince);
  return (
    <section class="panel seats" aria-label="Collectors">
      <h2>Collectors</h2>
      <ul class="seat-list">
        {all
          .slice(0, Math.max(controls.seats?.seats?.length ?? 3, 3))
          .map(({ of, status, isLost, lastActAt, watchingSince }) => {
            const subject = subjectOf(of.entity);
            const from = isLost ? controls.seats?.seatSeen[of.entity.run] : watchingSince;
            return (
              <li key={of.number}>
                <StateBadge status={status} />
                {subject ? <SubjectLink of={subject} text={entityName(of.entity)} /> : null}
                <span class="dim num" title={dayTime(from ?? lastActAt)}>
                  {from ? since(from, now.value) : `seen until ${when(lastActAt)}`}
                </span>
              </li>
            );
          })}
      </ul>
    </section>
  );
}
