import '../../styles/fleet.css';
import { useState } from 'preact/hooks';
import { fleetWords } from '../../../../domain/filter/state-words.ts';
import type { SlotFlaps } from '../../../history/query-types.ts';
import { formatCount, formatNumber } from '../../format/format-time.ts';
import { type Grouping, mostCells } from '../../model/group-agents.ts';
import { glyphOf } from '../../model/state-styles.ts';
import { NoAgents } from '../../shell/empty-state.tsx';
import { FilterField, FilterNote, instancesFound } from '../../shell/filter-field.tsx';
import { fleet, isPast, route, setParams, shownAt, version } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { moveInGrid } from '../../widgets/grid-navigation.ts';
import { MoreRows } from '../../widgets/more-rows.tsx';
import { FlapList } from './flap-list.tsx';
import { FleetGroup } from './fleet-group.tsx';
import { agentsText, summarizeFleet, type Tallies } from './fleet-summary.ts';
import { IssueList } from './issue-list.tsx';

const groupings: readonly Grouping[] = ['host', 'zone'];
const sizes = ['S', 'M', 'L'] as const;
/** Groups rendered at first, and how many more when the user scrolls near the end. */
const atFirst = 24;
const atATime = 120;
/** Flaps until the present are counted again after 10 s, not each second. */
const queryTime = (at: number): number => Math.ceil(at / 10_000) * 10_000;
/** They are not counted for each moment of a fast series, but for one that stays this long, in ms. */
const settles = 150;

/** Is anything wrong, where, since when, and what happens next? */
export function FleetScreen() {
  void version.value;
  const { params } = route.value;
  const { f = '', state = '', group = 'host', size = 'M', all = '', old = '' } = params;
  const [shown, setShown] = useState(atFirst);
  const at = shownAt.value;
  const flaps =
    useHistoryQuery<SlotFlaps[]>(
      { ask: 'flaps', at: isPast.value ? at : queryTime(at) },
      0,
      settles,
    ) ?? [];
  const by = groupings.find((one) => one === group) ?? 'host';
  const text = `${f} ${state && `state:${state}`}`.trim();
  const { agents, gone, states, matching, found, shares, instances, contested, issues, groups } =
    summarizeFleet(fleet.slots(), fleet, {
      at,
      old: old === '1',
      text,
      by,
      all: all === '1' || text !== '',
      flaps,
    });
  const troubled = notLive(states) - notLive(shares);
  if (agents + gone === 0 && !isPast.value) return <NoAgents />;
  const hidden = matching - groups.cells;
  return (
    <>
      <section class="panel head" aria-label="Fleet">
        <h1>
          Fleet <span class="dim">{agentsText(agents, states)}</span>
        </h1>
        <fieldset class="tallies" aria-label="Filter by state">
          {states.map(([status, count]) => (
            <button
              key={status}
              type="button"
              class={`tally s-${status}`}
              aria-pressed={state === status}
              onClick={() => setParams({ state: state === status ? '' : status })}
            >
              <span class="glyph" aria-hidden="true">
                {glyphOf(status)}
              </span>
              {status} <b>{formatNumber(count)}</b>
            </button>
          ))}
        </fieldset>
        <span class="dim instances">
          {formatCount(found.all, 'instance')}:{' '}
          {instances
            .filter(([, count]) => count > 0)
            .map(([status, count], n) => (
              <span key={status}>
                {n > 0 ? ', ' : ''}
                <span class={`state s-${status}`}>
                  {glyphOf(status)} {formatNumber(count)} {status}
                </span>
                {status === 'dubious' && contested > 0 ? ` (${contested} contested)` : ''}
              </span>
            ))}
        </span>
        <span class="grow" />
        <FilterField of="agents" words={fleetWords} />
        <label class="pick">
          Group
          <select value={by} onChange={(event) => setParams({ group: event.currentTarget.value })}>
            {groupings.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <fieldset class="sizes" aria-label="Size of cells">
          {sizes.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={size === one}
              onClick={() => setParams({ size: one })}
            >
              {one}
            </button>
          ))}
        </fieldset>
      </section>
      <FilterNote text={text} words={fleetWords} found={[matching, agents, 'agent']}>
        {instancesFound(found)}
        {troubled > 0 ? `; ${troubled} hidden ${troubled > 1 ? 'are' : 'is'} not live` : ''}
      </FilterNote>
      <IssueList issues={issues} />
      <FlapList flaps={flaps} />
      {hidden > 0 || (all === '1' && agents > mostCells) ? (
        <p class="panel strip-note" data-testid="hidden">
          <span>
            {hidden > 0
              ? `${formatCount(hidden, 'healthy agent')} hidden: more than ${mostCells} agents.`
              : `All ${formatCount(agents, 'agent')} are shown.`}
          </span>
          <button type="button" onClick={() => setParams({ all: hidden > 0 ? '1' : '' })}>
            {hidden > 0 ? 'Show' : 'Hide healthy agents'}
          </button>
        </p>
      ) : null}
      <section
        class={`groups size-${size}${by === 'zone' ? ' wide' : ''}`}
        aria-label="Hosts and their agents"
        onKeyDown={moveInGrid}
      >
        {groups.first(shown).map((one) => (
          <FleetGroup
            key={one.name}
            name={one.name}
            slots={one.slots}
            silent={one.silent}
            hidden={one.hidden}
            by={by}
            large={size === 'L'}
            chosen={params['sel'] ?? ''}
          />
        ))}
      </section>
      {groups.count > shown ? (
        <MoreRows
          key={shown}
          left={groups.count - shown}
          atATime={atATime}
          what={by}
          onMore={() => setShown(shown + atATime)}
        />
      ) : null}
      {gone > 0 ? (
        <p class="more dim">
          {formatCount(gone, 'agent')} ended more than an hour earlier.{' '}
          <button type="button" class="quiet" onClick={() => setParams({ old: '1' })}>
            Show
          </button>
        </p>
      ) : null}
    </>
  );
}

/** How many agents are not live. */
const notLive = (tallies: Tallies): number =>
  tallies.reduce((sum, [status, count]) => (status === 'live' ? sum : sum + count), 0);
