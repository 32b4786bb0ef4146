import type { ApiExplanation, ApiNextTransition } from '../../../api-types.ts';
import { clockTime, countdown, formatCount, since } from '../../format/format-time.ts';
import type { EntityState } from '../../model/agent-model.ts';
import { nextOf } from '../../model/issues.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName, subjectOf, writeSubject } from '../../model/subject.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { hrefTo, isPast, moment, now, roll, route, setParams } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { activeIds, type ChartData } from './chart-states.ts';
import type { Highlights } from './highlight-chart.ts';

interface Props {
  readonly chart: ChartData | undefined;
  readonly machine: string;
  readonly actor: EntityState | undefined;
  readonly painted: Highlights;
  readonly all: readonly EntityState[];
}

/** The selected state or edge, the entities in it, and what may happen next. */
export function Inspector({ chart, machine, actor, painted, all }: Props) {
  const node = chart?.nodes.find(({ id }) => id === painted.chosen);
  const edge = chart?.edges.find(({ id }) => id === painted.chosen);
  const here = node ? all.filter(({ state }) => activeIds(machine, state).has(node.id)) : [];
  return (
    <aside class="panel inspector" aria-label="Inspector">
      {actor ? <Actor actor={actor} /> : null}
      {node ? (
        <section>
          <h2>{node.id.split('.').slice(1).join(' › ') || node.id}</h2>
          {node.description === null ? null : <p>{node.description}</p>}
          <p class="dim">
            {node.kind}; {here.length.toLocaleString('en-GB')} here at this moment
          </p>
          <Occupants of={here} />
        </section>
      ) : null}
      {edge ? (
        <section>
          <h2>{edge.event}</h2>
          {edge.description === null ? null : <p>{edge.description}</p>}
          <dl class="facts">
            <dt>from</dt>
            <dd>{edge.source}</dd>
            <dt>to</dt>
            <dd>{edge.targets.join(', ') || 'the same state'}</dd>
            {edge.guard === null ? null : (
              <>
                <dt>only if</dt>
                <dd>{edge.guard}</dd>
              </>
            )}
            {edge.actions.length === 0 ? null : (
              <>
                <dt>does</dt>
                <dd>{edge.actions.join(', ')}</dd>
              </>
            )}
            <dt>taken</dt>
            <dd>{formatCount(painted.edges[edge.id] ?? 0, 'time')}</dd>
          </dl>
        </section>
      ) : null}
      {actor ? <Next actor={actor} /> : null}
      {node || edge || actor ? null : (
        <p class="dim">
          {formatCount(all.length, 'entity uses', 'entities use')} this machine. Select a state or
          an edge to see its description and the entities in it.
        </p>
      )}
    </aside>
  );
}

function Actor({ actor }: { readonly actor: EntityState }) {
  const subject = subjectOf(actor.entity);
  return (
    <section>
      <h2>
        <BidiText text={entityName(actor.entity)} />
      </h2>
      <p>
        <StateBadge
          status={statusOf(actor.entity.entity, actor.state)}
          reason={actor.note.why ?? ''}
        />
      </p>
      <dl class="facts">
        <dt>state</dt>
        <dd>
          <code>{actor.state.split('+').join(' + ')}</code>
        </dd>
        <dt>since</dt>
        <dd>
          {clockTime(actor.since)} <span class="dim">({since(actor.since, now.value)})</span>
        </dd>
      </dl>
      {subject ? (
        <p>
          <a href={hrefTo({ screen: 'entity', params: { of: writeSubject(subject) } })}>History</a>
        </p>
      ) : null}
    </section>
  );
}

/** The transitions that are possible next, and why another event is not accepted. */
function Next({ actor }: { readonly actor: EntityState }) {
  const event = route.value.params['why'] ?? '';
  const at = isPast.value ? `&at=${moment.value?.seq ?? 0}` : '';
  const why = event === '' ? '' : `&event=${encodeURIComponent(event)}`;
  const { value, failed } = useFetch<ApiExplanation>(
    apiPath(`explain?entity=${encodeURIComponent(JSON.stringify(actor.entity))}${at}${why}`),
    actor.seq,
  );
  const { entity } = actor;
  const slot = entity.entity === 'run' ? roll.slot(entity.host, entity.agent) : undefined;
  const due = slot?.stands.number === actor.number ? nextOf(slot, roll).at : null;
  return (
    <section>
      <h3>What may happen next</h3>
      {failed === undefined ? null : <p class="dim">{failed}</p>}
      {value && value.next.length === 0 ? <p class="dim">Nothing: this is a final state.</p> : null}
      <ul class="next-list">
        {value?.next.map((one) => (
          <NextRow key={one.edge} one={one} due={one.event === 'expired' ? due : null} />
        ))}
      </ul>
      {value?.unsure ? (
        <p class="dim">
          Not certain: a guard decides, or the entity used another version of the machine.
        </p>
      ) : null}
      <form
        class="row"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          const form = new FormData(submitted.currentTarget as HTMLFormElement);
          setParams({ why: String(form.get('event') ?? '') });
        }}
      >
        <input
          name="event"
          aria-label="Why not this event?"
          placeholder="why not …"
          value={event}
        />
        <button type="submit">Why not?</button>
      </form>
      {event !== '' && value ? <p>{value.whyNot ?? `'${event}' is possible now.`}</p> : null}
    </section>
  );
}

function NextRow({ one, due }: { readonly one: ApiNextTransition; readonly due: number | null }) {
  const { event, targets, guard, holds, description } = one;
  return (
    <li>
      <b>{event}</b> → {targets.map((target) => target.split('.').at(-1)).join(', ') || 'stays'}
      {guard === null ? null : ` [${guard}]`}
      {holds === null ? null : (
        <span class={holds ? 'good' : 'bad'}>{holds ? ' ✓ holds' : ' ✗ does not hold'}</span>
      )}
      {due === null ? null : <span class="num"> {countdown(due, now.value)} at the earliest</span>}
      {description === null ? null : <p class="dim">{description}</p>}
    </li>
  );
}

function Occupants({ of }: { readonly of: readonly EntityState[] }) {
  return (
    <ul class="occupants">
      {of.slice(0, 60).map(({ number, entity }) => {
        const subject = subjectOf(entity);
        return (
          <li key={number}>
            {subject ? (
              <a
                href={hrefTo({
                  params: {
                    ...route.value.params,
                    sel: writeSubject(subject),
                    mode: 'actor',
                    actor: String(number),
                  },
                })}
              >
                <BidiText text={entityName(entity)} />
              </a>
            ) : (
              <BidiText text={entityName(entity)} />
            )}
          </li>
        );
      })}
      {of.length > 60 ? <li class="dim">and {of.length - 60} more</li> : null}
    </ul>
  );
}
