import '../../styles/fleet.css';
import { useState } from 'preact/hooks';
import type { SlotFlaps } from '../../../history/query-types.ts';
import { formatCount, formatNumber } from '../../format/format-time.ts';
import { type Grouping, mostCells } from '../../model/group-agents.ts';
import { glyphOf } from '../../model/state-styles.ts';
import { NoAgents } from '../../shell/empty-state.tsx';
import { FilterField, WrongWords } from '../../shell/filter-field.tsx';
import { fleet, isPast, route, setParams, shownAt, version } from '../../state/store.ts';
import { useHistoryQuery } from '../../state/use-query.ts';
import { moveInGrid } from '../../widgets/grid-navigation.ts';
import { FlapList } from './flap-list.tsx';
import { FleetGroup, MoreGroups } from './fleet-group.tsx';
import { summarizeFleet, type Tallies } from './fleet-summary.ts';
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
  const filtered = f !== '' || state !== '';
  const { agents, gone, states, matching, shares, instances, issues, groups } = summarizeFleet(
    fleet.slots(),
    fleet,
    { at, old: old === '1', text: f, state, by, all: all === '1' || filtered, flaps },
  );
  const troubled = notLive(states) - notLive(shares);
  if (agents + gone === 0 && !isPast.value) return <NoAgents />;
  const hidden = matching - groups.cells;
  return (
    <>
      <section class="panel head" aria-label="Fleet">
        <h1>
          Fleet <span class="dim">{formatCount(agents, 'agent')}</span>
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
          {formatCount(
            instances.reduce((sum, [, count]) => sum + count, 0),
            'instance',
          )}
          :{' '}
          {instances
            .filter(([, count]) => count > 0)
            .map(([status, count], n) => (
              <span key={status}>
                {n > 0 ? ', ' : ''}
                <span class={`state s-${status}`}>
                  {glyphOf(status)} {formatNumber(count)} {status}
                </span>
              </span>
            ))}
        </span>
        <span class="grow" />
        <FilterField
          label="Filter by name, zone, service, state"
          states={states.map(([status]) => status)}
        />
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
      {filtered && agents > 0 ? (
        <p class={`panel ${matching > 0 ? 'strip-note' : 'notice'}`} data-testid="filtered">
          {matching} of {formatCount(agents, 'agent')} match {state === '' ? '' : `state ${state} `}
          {f === '' ? '' : `“${f}”`}
          {troubled > 0 ? `; ${troubled} hidden ${troubled > 1 ? 'are' : 'is'} not live` : ''}.{' '}
          <WrongWords of={f} />
          <button type="button" onClick={() => setParams({ f: '', state: '' })}>
            Clear filter
          </button>
        </p>
      ) : null}
      <IssueList issues={issues} />
      <FlapList flaps={flaps} />
      {hidden > 0 ? (
        <p class="panel strip-note" data-testid="hidden">
          <Proportions parts={shares} />
          <span>
            {formatCount(hidden, 'healthy agent')} hidden: more than {mostCells} agents.
          </span>
          <button type="button" onClick={() => setParams({ all: '1' })}>
            Show
          </button>
        </p>
      ) : null}
      {all === '1' && agents > mostCells ? (
        <p class="panel strip-note">
          <Proportions parts={shares} /> All {formatCount(agents, 'agent')} are shown.
          <button type="button" onClick={() => setParams({ all: '' })}>
            Hide healthy agents
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
        <MoreGroups
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

/** A bar with the share of each state. */
function Proportions({ parts }: { readonly parts: Tallies }) {
  const all = parts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <svg
      class="proportions"
      viewBox={`0 0 ${all || 1} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {parts.map(([status, count], n) => (
        <rect
          key={status}
          class={`s-${status}`}
          x={parts.slice(0, n).reduce((sum, [, one]) => sum + one, 0)}
          width={count}
          height="1"
        />
      ))}
    </svg>
  );
}
