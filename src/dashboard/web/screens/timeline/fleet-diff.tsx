import type { Difference, When } from '../../../history/query-types.ts';
import { dayTime, formatCount, formatDuration } from '../../format/format-time.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName, subjectOf } from '../../model/subject.ts';
import { fleet, goTo, setParams } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';
import { grouped, sectionsOf } from './fleet-diff-summary.ts';
import { zoneOf } from './lane-model.ts';

/** At most this many differences of a section are listed. */
const most = 40;

/** The sequences and the times of the current moment and the pinned one. */
interface Props {
  readonly here: number;
  readonly at: number;
  readonly pinned: number;
  readonly pinnedAt: number | undefined;
}

/** The entities whose state differs between the current moment and the pinned one, from the earlier to the later. */
export function FleetDiff({ here, at, pinned, pinnedAt }: Props) {
  const isLater = here < pinned || (here === pinned && at < (pinnedAt ?? at));
  const [a, b] = isLater ? [here, pinned] : [pinned, here];
  const [from, to] = isLater ? [at, pinnedAt] : [pinnedAt, at];
  const all = useHistoryQuery<Difference[]>({ ask: 'between', a, b }) ?? [];
  const seen = grouped(all, (number) => fleet.entities[number]);
  const [one, other] = useHistoryQuery<When[]>({ ask: 'when', seqs: [a, b] }) ?? [];
  const sections = sectionsOf(
    seen,
    (number) => fleet.entities[number],
    (of) => zoneOf(fleet, of),
  );
  return (
    <section class="panel diff" aria-label="Changes between A and B">
      <header class="row">
        <h2>
          {from && to ? `${dayTime(from)} → ${dayTime(to)}` : 'Comparing'}
          <span class="dim">
            {one && other && from && to
              ? ` ${formatDuration(to, from)} · ${formatCount(other.upTo - one.upTo, 'change')} ·`
              : ''}{' '}
            {formatCount(seen.length, 'entity differs', 'entities differ')}
          </span>
        </h2>
        <span class="grow" />
        <button type="button" onClick={() => goTo({ at: pinned })}>
          Go to B
        </button>
        <button type="button" class="quiet" aria-label="Close" onClick={() => setParams({ b: '' })}>
          ✕
        </button>
      </header>
      {a === b ? <p class="dim">Nothing changed from B to this moment.</p> : null}
      {sections.map(({ group, zone, counts, differences }) => (
        <section key={`${group} ${zone}`}>
          <h3>
            <span class={`sign ${group}`}>{group}</span>{' '}
            {zone === '' ? 'in no zone' : <BidiText text={`in zone ${zone}`} />}
            {': '}
            {[...counts].map(([kind, count]) => formatCount(count, kind)).join(', ')}
          </h3>
          <ul class="rows changes">
            {differences.slice(0, most).map((one) => (
              <DiffRow key={one.entity} of={one} />
            ))}
          </ul>
          {differences.length > most ? (
            <p class="dim">and {differences.length - most} more</p>
          ) : null}
        </section>
      ))}
    </section>
  );
}

function DiffRow({ of: { entity: number, a, b } }: { readonly of: Difference }) {
  const entity = fleet.entities[number];
  if (!entity) return null;
  const subject = subjectOf(entity);
  const name = entityName(entity);
  const badge = (state: string | null) =>
    state === null ? (
      <span class="dim">not present</span>
    ) : (
      <StateBadge status={statusOf(entity.entity, state)} />
    );
  return (
    <li>
      <span class="dim kind">{entity.entity === 'run' ? 'agent' : entity.entity}</span>
      <span>
        {subject ? <SubjectLink of={subject} text={name} /> : <BidiText text={name} />}
        {entity.entity === 'instance' ? (
          <span class="dim">
            {' '}
            on <BidiText text={`${entity.host}/${entity.agent}`} />
          </span>
        ) : null}
      </span>
      <span>
        {badge(a)} → {badge(b)}
      </span>
    </li>
  );
}
