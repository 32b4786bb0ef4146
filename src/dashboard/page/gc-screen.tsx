import type { PlanRow } from '../../domain/plan.ts';
import type { Transition } from '../questions.ts';
import type { WirePlan } from '../wire.ts';
import { useAnswer, useFetched } from './answers.ts';
import { apiPath } from './api-path.ts';
import { DeedButton, outcome } from './dialog.tsx';
import { conflictsAvoided, hindrance, pipelineOf, verdict } from './gc-view.ts';
import { State } from './state.tsx';
import { wordOf } from './states.ts';
import {
  clock,
  extent,
  hrefTo,
  isPast,
  moment,
  noActions,
  now,
  roll,
  seek,
  version,
} from './store.ts';
import { entityName, subjectOf, writeSubject } from './subject.ts';
import { clockTime, countdown, counted, lasted, since } from './times.ts';
import { Words } from './words.tsx';

/** What will be removed, when, why, and what holds it back. */
export function GcScreen() {
  void version.value;
  const here = moment.value?.seq ?? 0;
  // What leases stand is in no event: asked again now and then.
  const fresh = isPast.value ? 0 : Math.floor(clock.value / 5000);
  const { value: plan, failed } = useFetched<WirePlan>(
    isPast.value ? apiPath(`plan?at=${here}`) : apiPath('plan'),
    `${here} ${fresh}`,
  );
  const upTo = here;
  const removed = useAnswer<Transition[]>(
    { ask: 'found', types: ['removed', 'left', 'expired'], upTo },
    extent.value?.from,
  );
  const kept = useAnswer<Transition[]>(
    { ask: 'found', types: ['regranted', 'planned', 'tripped', 'superseded', 'adopted'], upTo },
    extent.value?.from,
  );
  const columns = pipelineOf(plan?.rows ?? []);
  const done = (removed ?? []).filter(({ entity, type }) => {
    const kind = roll.entities[entity]?.entity;
    return (kind === 'run' && type !== 'expired') || (kind === 'instance' && type === 'removed');
  });
  const avoided = conflictsAvoided(kept ?? []);
  const times = meanWay(removed ?? []);
  return (
    <>
      <section class="panel head" aria-label="GC">
        <h1>GC</h1>
        <span class="verdict">
          {plan ? verdict(plan, columns) : failed === undefined ? 'Reading the plan …' : ''}
        </span>
        {plan?.estimate ? (
          <span class="chip">an estimate: what leases stood then is in no record</span>
        ) : null}
        <span class="grow" />
        <DeedButton of={{ action: 'sweep' }}>Sweep now …</DeedButton>
      </section>
      {failed === undefined ? null : <p class="panel notice bad">{failed}</p>}
      {noActions.value === null ? null : <p class="off dim">Actions are off: {noActions.value}</p>}
      {outcome.value ? (
        <p class={`panel ${outcome.value.good ? 'good' : 'bad'}`} role="status">
          {outcome.value.text}
        </p>
      ) : null}
      <Seats seats={plan?.seats ?? null} />
      <Brakes plan={plan} />
      <div class="pipeline">
        <Column title="Suspect" empty="Nobody is suspect." rows={columns.suspect} />
        <Column title="Held back" empty="Nothing is held back." rows={columns.due} />
        <Column title="Being removed" empty="Nothing is being removed." rows={columns.removing} />
        <section class="panel column" aria-label="Done">
          <h2>
            Done <span class="dim">{done.length >= 400 ? '400 newest' : done.length}</span>
          </h2>
          {times === null ? null : (
            <p class="dim">from expiry to the last removal: {lasted(times)} on average</p>
          )}
          <ul>
            {done.slice(0, 12).map((one) => (
              <Happened key={one.seq} transition={one} />
            ))}
          </ul>
        </section>
      </div>
      {columns.stuck.length === 0 ? null : (
        <div class="pipeline">
          <Column title="Stuck: somebody has to look" empty="" rows={columns.stuck} />
        </div>
      )}
      <section class="panel" aria-label="Holds">
        <h2>
          Holds <span class="dim">{plan?.holds.length ?? 0}</span>
        </h2>
        {plan?.holds.length === 0 ? <p class="dim">No silence is planned.</p> : null}
        <ul class="rows">
          {plan?.holds.map((one) => (
            <li key={`${one.host}/${one.agent}`} class="hold">
              <span class="state s-planned">❚❚ planned</span>
              <Words text={one.agent === null ? one.host : `${one.host}/${one.agent}`} />
              <span>{one.why ?? <span class="dim">no reason given</span>}</span>
              <span class="dim">
                by <Words text={one.by} /> since {clockTime(one.since)}
              </span>
              <span>
                ends <b class="num">{countdown(one.until, now.value)}</b>
              </span>
              <DeedButton
                of={{
                  action: 'release',
                  host: one.host,
                  ...(one.agent !== null && { agent: one.agent }),
                }}
              >
                Release …
              </DeedButton>
            </li>
          ))}
        </ul>
      </section>
      <section class="panel" aria-label="Conflicts avoided">
        <h2>
          Conflicts avoided <span class="dim">{avoided.length}</span>
        </h2>
        {avoided.length === 0 ? (
          <p class="dim">None so far: nothing that looked dead came back, nothing was held.</p>
        ) : null}
        <ul class="rows">
          {avoided.slice(0, 40).map(({ transition, why }) => (
            <Happened key={transition.seq} transition={transition} why={why} />
          ))}
        </ul>
      </section>
    </>
  );
}

/** How long it took, on average, from a run's expiry to its end. */
function meanWay(transitions: readonly Transition[]): number | null {
  const ends = new Map<number, number>();
  let [sum, count] = [0, 0];
  for (const { entity, type, at } of transitions) {
    if (roll.entities[entity]?.entity !== 'run') continue;
    if (type === 'removed') ends.set(entity, at);
    const end = ends.get(entity);
    if (type !== 'expired' || end === undefined) continue;
    sum += end - at;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** Who watches. A collector that was killed says nothing any more: its seat lapses by itself. */
function Seats({ seats }: { readonly seats: number | null }) {
  const all = roll
    .of('collector')
    .filter(({ state }) => state !== 'stopped')
    .sort((a, b) => b.since - a.since);
  const shown = all.slice(0, Math.max(seats ?? 3, 3));
  return (
    <section class="panel seats" aria-label="Collectors">
      <h2>
        Collectors{' '}
        <span class="dim">{seats === null ? '' : `${counted(seats, 'seat')} held now`}</span>
      </h2>
      {shown.length === 0 ? <p class="dim">None has said anything in this history.</p> : null}
      <ul class="seat-list">
        {shown.map(({ number, entity, state, since: from }) => {
          const subject = subjectOf(entity);
          return (
            <li key={number}>
              <State word={wordOf('collector', state)} />
              {subject ? (
                <a href={hrefTo({ screen: 'entity', words: { of: writeSubject(subject) } })}>
                  <Words text={entityName(entity)} />
                </a>
              ) : null}
              <span class="dim num">{since(from, now.value)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Brakes({ plan }: { readonly plan: WirePlan | undefined }) {
  const on = plan?.brakes ?? [];
  if (on.length === 0) return null;
  return (
    <section class="panel" aria-label="Brakes">
      {on.map((one) => (
        <p key={one.zone} class="brake">
          <span class="state s-braked">◔ {one.on ? 'braked' : 'about to brake'}</span> zone{' '}
          <Words text={one.zone} />: {one.suspect} of {one.seen} suspect; {one.heldBack} held back,
          one expires every {one.pace / 1000} s.{' '}
          {one.endsAt === null
            ? 'It ends when enough come back.'
            : `About over ${countdown(one.endsAt, now.value)}.`}
        </p>
      ))}
    </section>
  );
}

interface ColumnProps {
  readonly title: string;
  readonly empty: string;
  readonly rows: readonly PlanRow[];
}

function Column({ title, empty, rows }: ColumnProps) {
  return (
    <section class="panel column" aria-label={title}>
      <h2>
        {title} <span class="dim">{rows.length}</span>
      </h2>
      {rows.length === 0 ? <p class="dim">{empty}</p> : null}
      <ul>
        {soonestFirst(rows)
          .slice(0, 60)
          .map((row, n) => (
            <Planned key={`${row.kind} ${row.run ?? row.key ?? n}`} row={row} />
          ))}
      </ul>
      {rows.length > 60 ? <p class="dim">and {rows.length - 60} more</p> : null}
    </section>
  );
}

const soonestFirst = (rows: readonly PlanRow[]): PlanRow[] =>
  [...rows].sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity));

function Planned({ row }: { readonly row: PlanRow }) {
  const { host, agent, kind, why, instances, next, at, key, detail } = row;
  const held = hindrance(row);
  const what =
    kind === 'record'
      ? 'left alone'
      : `${counted(instances, 'instance')}${kind === 'run' ? ' and its record' : ''}`;
  return (
    <li class="card">
      <header>
        {host !== null && agent !== null ? (
          <a
            href={hrefTo({
              screen: 'entity',
              words: { of: writeSubject({ kind: 'agent', host, agent }) },
            })}
          >
            <Words text={`${host}/${agent}`} />
          </a>
        ) : (
          <Words text={key ?? '?'} />
        )}
        <State
          word={why === 'silent' || why === 'unreachable' ? 'suspect' : why}
          reason={why === 'silent' || why === 'unreachable' ? why : ''}
        />
      </header>
      <p>
        {next === 'nothing'
          ? (detail ?? 'nothing happens by itself')
          : `${next}s`
              .replace('removes', 'removed')
              .replace('expires', 'expires')
              .replace('suspects', 'suspected')}{' '}
        {at === null ? null : <b class="num">{countdown(at, now.value)}</b>}
      </p>
      <p class="dim">removes {what}</p>
      {held === '' || row.heldBy?.by === 'grace' ? null : <p class="held">held: {held}</p>}
    </li>
  );
}

function Happened({ transition, why }: { readonly transition: Transition; readonly why?: string }) {
  const { entity: number, seq, at, type, to, note } = transition;
  const entity = roll.entities[number];
  if (!entity) return null;
  const subject = subjectOf(entity);
  return (
    <li class={why === undefined ? 'happened short' : 'happened'}>
      <time>{clockTime(at)}</time>
      {subject ? (
        <a href={hrefTo({ screen: 'entity', words: { of: writeSubject(subject) } })}>
          <Words class="cut" text={entityName(entity)} />
        </a>
      ) : (
        <Words text={entityName(entity)} />
      )}
      {why === undefined ? (
        <State word={wordOf(entity.entity, to)} reason={note.why ?? ''} />
      ) : (
        <span>{why}</span>
      )}
      <button
        type="button"
        class="quiet num"
        title={`${type}: go to this moment`}
        onClick={() => seek(seq)}
      >
        seq {seq}
      </button>
    </li>
  );
}
