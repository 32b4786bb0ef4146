import '../../styles/entity.css';
import { useState } from 'preact/hooks';
import type { Transition } from '../../../history/query-types.ts';
import { formatCount } from '../../format/format-time.ts';
import { gapsOf, gapText } from '../../format/gap-text.ts';
import { isOf, readSubject, type Subject, writeSubject } from '../../model/subject.ts';
import { WhySentences } from '../../shell/why-sentences.tsx';
import {
  connection,
  extent,
  fleet,
  hrefTo,
  isPast,
  moment,
  route,
  setParams,
  version,
} from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { MoreRows } from '../../widgets/more-rows.tsx';
import { CopyRows } from './copy-rows.tsx';
import { EntityFilters, isWanted } from './entity-filters.tsx';
import { EntityHead } from './entity-head.tsx';
import { EventRow } from './event-row.tsx';
import { historyRows } from './history-rows.ts';
import { StateTimeline } from './state-timeline-view.tsx';

const pageSize = 100;
const mostGaps = 3;

/** The history of one agent, host or instance, newest first. */
export function EntityScreen() {
  void version.value;
  const { params } = route.value;
  const subject = readSubject(params['of'] ?? params['sel']);
  const [most, setMost] = useState(pageSize);
  const upTo = moment.value?.seq ?? 0;
  const numbers = subject
    ? fleet.entities.flatMap((entity, number) => (isOf(subject, entity) ? [number] : []))
    : [];
  const all = useHistoryQuery<Transition[]>(
    { ask: 'history', entities: [...numbers, ...ownersOf(subject, numbers)], upTo },
    extent.value?.from,
  );
  if (!subject) {
    return (
      <section class="panel notice">
        <h1>History</h1>
        <p>
          Select an agent, host or instance on the{' '}
          <a href={hrefTo({ screen: 'fleet', params: {} })}>Fleet</a> screen.
        </p>
      </section>
    );
  }
  const isOwner = (entity: number) =>
    subject.kind === 'instance' && fleet.entities[entity]?.entity === 'run';
  const { hello } = connection.value ?? { hello: null };
  const known = (all ?? []).filter(
    ({ entity, type }) => !isOwner(entity) || ownerChanges.has(type),
  );
  const shown = known.filter((one) => isWanted(one, params));
  const gaps = extent.value ? gapsOf(extent.value, hello) : [];
  const rows = historyRows(shown, gaps, upTo);
  const kinds = [...new Set(numbers.map((one) => fleet.entities[one]?.entity ?? ''))];
  return (
    <>
      <section class="panel head" aria-label="History">
        <EntityHead key={writeSubject(subject)} subject={subject} />
        <span class="grow" />
        <a
          class="button"
          href={hrefTo({
            screen: 'timeline',
            params: { sel: writeSubject(subject), lanes: 'entity' },
          })}
        >
          Timeline
        </a>
        {subject.kind === 'host' ? null : (
          <WhySentences
            key={`${isPast.value}${writeSubject(subject)}`}
            subject={subject}
            fresh={all?.[0]?.seq}
          />
        )}
        <StateTimeline entities={timelineEntities(subject, numbers)} />
      </section>
      <section class="panel head" aria-label="Filters">
        <EntityFilters kinds={kinds.filter(Boolean)} />
        <span class="grow" />
        <CopyRows rows={shown} />
      </section>
      <section class="panel">
        {all && shown.length === 0 ? (
          <p class="notice">
            {known.length === 0 ? (
              'No event up to this moment is in memory.'
            ) : (
              <>
                0 of {formatCount(known.length, 'transition')} match the filter.{' '}
                <button type="button" onClick={() => setParams({ f: '', only: '' })}>
                  Clear filter
                </button>
              </>
            )}
          </p>
        ) : null}
        <ol class="history" aria-label="Transitions, newest first">
          {rows.slice(0, most).map((row) =>
            row.is === 'gap' ? (
              <li key={`gap ${row.gaps[0]?.from}`} class="event gone" data-testid="gap">
                <span>
                  <span aria-hidden="true">▒▒</span>{' '}
                  {row.gaps
                    .slice(0, mostGaps)
                    .map((gap) => gapText(gap, hello?.mode))
                    .join('; ')}
                  {row.gaps.length > mostGaps ? `; and ${row.gaps.length - mostGaps} more` : ''}
                </span>
              </li>
            ) : (
              <EventRow key={row.folded.newest.seq} folded={row.folded} unsure={row.unsure} />
            ),
          )}
        </ol>
        {rows.length > most ? (
          <MoreRows
            key={most}
            left={rows.length - most}
            atATime={pageSize}
            what="row"
            onMore={() => setMost(most + pageSize)}
          />
        ) : null}
      </section>
    </>
  );
}

/** The runs that own an instance's registrations: an instance is dubious when its owner is. */
function ownersOf(subject: Subject | undefined, numbers: readonly number[]): readonly number[] {
  if (subject?.kind !== 'instance') return [];
  const runs = new Set(
    numbers.map((one) => {
      const entity = fleet.entities[one];
      return entity && 'agent' in entity ? `${entity.host}\n${entity.agent}\n${entity.run}` : '';
    }),
  );
  return fleet.entities.flatMap((entity, number) =>
    entity.entity === 'run' && runs.has(`${entity.host}\n${entity.agent}\n${entity.run}`)
      ? [number]
      : [],
  );
}

/** What a run's change means for the status of its instances. */
const ownerChanges: ReadonlySet<string> = new Set([
  ...['suspected', 'regranted', 'expired', 'superseded'],
]);

/** The entities whose states the state timeline shows: the runs of an agent or host. */
const timelineEntities = ({ kind }: Subject, numbers: readonly number[]): readonly number[] =>
  numbers.filter((one) => fleet.entities[one]?.entity === (kind === 'instance' ? kind : 'run'));
