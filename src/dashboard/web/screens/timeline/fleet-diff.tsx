import type { Difference, When } from '../../../history/query-types.ts';
import { dayTime, formatCount, formatDuration } from '../../format/format-time.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName, subjectOf, writeSubject } from '../../model/subject.ts';
import { fleet, hrefTo, seek, setParams } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { countChanges, grouped } from './fleet-diff-summary.ts';

const most = 100;

/** The entities whose state differs between the current moment and the pinned one, from the earlier to the later. */
export function FleetDiff({ here, pinned }: { readonly here: number; readonly pinned: number }) {
  const [a, b] = here < pinned ? [here, pinned] : [pinned, here];
  const all = useHistoryQuery<Difference[]>({ ask: 'between', a, b }) ?? [];
  const seen = grouped(all, (number) => fleet.entities[number]?.entity);
  const [one, other] = useHistoryQuery<When[]>({ ask: 'when', seqs: [a, b] }) ?? [];
  const tally = countChanges(
    seen.map(({ difference }) => difference),
    (number) => fleet.entities[number]?.entity,
  );
  return (
    <section class="panel diff" aria-label="Changes between A and B">
      <header class="row">
        <h2>
          {one && other ? `${dayTime(one.at)} → ${dayTime(other.at)}` : 'Comparing'}
          <span class="dim">
            {one && other
              ? ` ${formatDuration(other.at - one.at)} · ${formatCount(other.upTo - one.upTo, 'change')} ·`
              : ''}{' '}
            {formatCount(seen.length, 'entity differs', 'entities differ')}
          </span>
        </h2>
        <span class="grow" />
        <button type="button" onClick={() => seek(pinned)}>
          Go to B
        </button>
        <button type="button" class="quiet" aria-label="Close" onClick={() => setParams({ b: '' })}>
          ✕
        </button>
      </header>
      {a === b ? <p class="dim">B is this moment. Go to another moment to compare.</p> : null}
      {tally.length === 0 ? null : (
        <p class="row">
          {tally.map(({ kind, status, by }) => (
            <span key={`${kind} ${status}`}>
              <span class="dim">{kind}</span> <StateBadge status={status} />{' '}
              <b class="num">{by > 0 ? `+${by}` : `−${-by}`}</b>
            </span>
          ))}
        </p>
      )}
      <ul class="rows changes">
        {seen.slice(0, most).map(({ group, difference: one }) => {
          const entity = fleet.entities[one.entity];
          if (!entity) return null;
          const subject = subjectOf(entity);
          const status = (state: string | null) =>
            state === null ? null : statusOf(entity.entity, state);
          const [was, is] = [status(one.a), status(one.b)];
          return (
            <li key={one.entity}>
              <span class={`sign ${group}`}>{group}</span>
              <span class="dim kind">{entity.entity}</span>
              {subject ? (
                <a href={hrefTo({ screen: 'entity', params: { of: writeSubject(subject) } })}>
                  <BidiText text={entityName(entity)} />
                </a>
              ) : (
                <BidiText text={entityName(entity)} />
              )}
              <span>
                {was === null ? <span class="dim">not present</span> : <StateBadge status={was} />}{' '}
                → {is === null ? <span class="dim">not present</span> : <StateBadge status={is} />}
              </span>
            </li>
          );
        })}
      </ul>
      {seen.length > most ? <p class="dim">and {seen.length - most} more</p> : null}
    </section>
  );
}
