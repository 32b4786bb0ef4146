import '../../styles/services.css';
import { useMemo, useState } from 'preact/hooks';
import { shownInstanceWords } from '../../../../domain/filter/state-words.ts';
import type { Lane } from '../../../history/query-types.ts';
import { dayTime, formatCount } from '../../format/format-time.ts';
import {
  foundIn,
  type MatchingService,
  matchingServices,
  servicesOf,
} from '../../model/service-table.ts';
import { NoAgents } from '../../shell/empty-state.tsx';
import { FilterField, FilterNote, instancesFound } from '../../shell/filter-field.tsx';
import {
  extent,
  fleet,
  goTo,
  isPast,
  route,
  setParams,
  shownAt,
  version,
} from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { MoreRows } from '../../widgets/more-rows.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { gravest } from '../../widgets/state-bars.ts';
import { textOf } from '../../widgets/still.ts';
import { lowestLive } from './lowest.ts';
import { ServiceMembers } from './service-members.tsx';

const day = 86_400_000;
/** Above this number of registrations, the lowest number is computed only for the open service. */
const mostLanes = 400;
const atFirst = 60;

/** For each service: how many instances are usable, where, and what consumers are given. */
export function ServicesScreen() {
  const { f = '', open = '' } = route.value.params;
  const [most, setMost] = useState(atFirst);
  const all = useMemo(() => servicesOf(fleet.slots(), fleet), [version.value]);
  const shown = matchingServices(all, f);
  const found = foundIn(all, shown);
  if (all.length === 0 && !isPast.value && fleet.slots().length === 0) return <NoAgents />;
  const empty = all.filter(({ handed }) => handed['prefer-live'] === 0).length;
  return (
    <>
      <section class="panel head" aria-label="Services">
        <h1>
          Services <span class="dim">{all.length}</span>
        </h1>
        {empty === 0 ? null : (
          <span class="bad">{formatCount(empty, 'service')} without a usable instance</span>
        )}
        <span class="grow" />
        <FilterField of="instances" words={shownInstanceWords} />
      </section>
      {all.length === 0 ? <p class="panel notice">No instance is registered.</p> : null}
      <FilterNote text={f} words={shownInstanceWords} found={[shown.length, all.length, 'service']}>
        {instancesFound(found)}
      </FilterNote>
      <ul class="service-list">
        {shown.slice(0, most).map((one) => (
          <ServiceRow key={one.of.name} {...one} isOpen={open === one.of.name} />
        ))}
      </ul>
      {shown.length > most ? (
        <MoreRows
          key={most}
          left={shown.length - most}
          atATime={atFirst}
          what="service"
          onMore={() => setMost(most + atFirst)}
        />
      ) : null}
    </>
  );
}

function ServiceRow({ of, matching, isOpen }: MatchingService & { readonly isOpen: boolean }) {
  const { name, members, counts, contested, zones, agents, handed } = of;
  // It is not known that none is live.
  const none = counts.has('unverified') ? '–' : 0;
  return (
    <li class="panel service">
      <button
        type="button"
        class="link"
        aria-expanded={isOpen}
        onClick={() => setParams({ open: isOpen ? '' : name })}
      >
        <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> <BidiText text={name} />
      </button>
      <span class="of">
        <b class="num">{counts.get('live') ?? none}</b> live of{' '}
        <span class="num">{members.length}</span>
      </span>
      <span class="by-status">
        {gravest.map((status) =>
          status !== 'live' && counts.has(status) ? (
            <span key={status}>
              <span class="num">{counts.get(status)}</span> <StateBadge status={status} />
              {status === 'dubious' && contested > 0 ? ` (${contested} contested)` : ''}
            </span>
          ) : null,
        )}
        {matching.length < members.length ? (
          <span class="dim">{matching.length} match the filter</span>
        ) : null}
      </span>
      <dl>
        <dt>zones</dt>
        <dd>
          {zones.map(({ zone, live, all }) => (
            <span key={zone} class={live || none ? '' : 'bad'}>
              {zone === '' ? 'no zone' : <BidiText text={zone} />}{' '}
              <span class="num">
                {live || none}/{all}
              </span>
            </span>
          ))}
        </dd>
        <dt title={textOf('handed')}>handed out</dt>
        <dd>
          {Object.entries(handed).map(([policy, count]) => (
            <span key={policy} class={count === 0 ? 'bad' : ''}>
              {policy} <b class="num">{count}</b>
            </span>
          ))}
        </dd>
        <dt>lowest in 24 h</dt>
        <dd>
          <LowestLive service={name} isOpen={isOpen} />
        </dd>
        <dt>served by</dt>
        <dd>{formatCount(agents, 'agent')}</dd>
      </dl>
      {isOpen ? <ServiceMembers members={matching} /> : null}
    </li>
  );
}

/** The lowest number of live instances in the 24 hours before the moment. */
function LowestLive({ service, isOpen }: { readonly service: string; readonly isOpen: boolean }) {
  const to = Math.ceil(shownAt.value / 10_000) * 10_000;
  // Before the known history, nothing is known to be live.
  const from = Math.max(to - day, extent.value?.firstAt ?? 0);
  const entities = useMemo(
    () =>
      fleet.entities.flatMap((entity, number) =>
        entity.entity === 'instance' && entity.service === service ? [number] : [],
      ),
    [service, fleet.entities.length],
  );
  const isTooMuch = entities.length > mostLanes && !isOpen;
  const lanes = useHistoryQuery<Lane[]>(isTooMuch ? null : { ask: 'lanes', entities, from, to });
  if (isTooMuch) return <span class="dim">open to see it</span>;
  const lowest = lanes && lowestLive(lanes, from, shownAt.value);
  if (!lowest) return <span class="dim">{lanes ? 'no live instance' : '…'}</span>;
  return (
    <span>
      <b class="num">{lowest.live}</b> live{' '}
      <button type="button" class="link" onClick={() => goTo({ at: null, time: lowest.at })}>
        at {dayTime(lowest.at)}
      </button>
      {fleet.observation === 'observed' ? null : '; not known at this moment'}
    </span>
  );
}
