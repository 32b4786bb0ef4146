import type { Difference, When } from '../../../history/query-types.ts';
import { formatCount, formatDuration } from '../../format/format-time.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName, subjectOf, writeSubject } from '../../model/subject.ts';
import { fleet, hrefTo, seek, setParams } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { countChanges } from './fleet-diff-summary.ts';

const most = 100;

/** The entities whose state differs between A, the current moment, and B, the pinned moment. */
export function FleetDiff({ a, b }: { readonly a: number; readonly b: number }) {
  const all = useHistoryQuery<Difference[]>({ ask: 'between', a, b }) ?? [];
  const seen = all.filter(({ entity }) => {
    const kind = fleet.entities[entity]?.entity;
    return kind !== 'session';
  });
  const [one, other] = useHistoryQuery<When[]>({ ask: 'when', seqs: [a, b] }) ?? [];
  const tally = countChanges(seen, (number) => fleet.entities[number]?.entity);
  return (
    <section class="panel diff" aria-label="Changes between A and B">
      <header class="row">
        <h2>
          A seq {a.toLocaleString('en-GB')} → B seq {b.toLocaleString('en-GB')}
          <span class="dim">
            {one && other
              ? ` ${formatDuration(Math.abs(other.at - one.at))} · ${formatCount(Math.abs(other.upTo - one.upTo), 'change')} ·`
              : ''}{' '}
            {formatCount(seen.length, 'entity differs', 'entities differ')}
          </span>
        </h2>
        <span class="grow" />
        <button type="button" onClick={() => seek(b)}>
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
        {seen.slice(0, most).map((one) => {
          const entity = fleet.entities[one.entity];
          if (!entity) return null;
          const subject = subjectOf(entity);
          const status = (state: string | null) =>
            state === null ? null : statusOf(entity.entity, state);
          const [was, is] = [status(one.a), status(one.b)];
          return (
            <li key={one.entity}>
              <span class="sign" aria-hidden="true">
                {was === null ? '+' : is === null ? '−' : '~'}
              </span>
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
