import { useState } from 'preact/hooks';
import { useFetched } from './answers.ts';
import { apiPath } from './api-path.ts';
import type { Folded } from './folding.ts';
import { changedPaths, valueText } from './record-diff.ts';
import { State } from './state.tsx';
import { wordOf } from './states.ts';
import { hrefTo, link, roll, route, seek, setWords } from './store.ts';
import { allIn, type Document, type Stored, storedIn } from './stored.ts';
import { entityName } from './subject.ts';
import { clockTime, dayTime } from './times.ts';
import { Words } from './words.tsx';

interface Props {
  readonly folded: Folded;
  readonly chosen: readonly number[];
}

export function EventRow({ folded, chosen }: Props) {
  const { newest, all } = folded;
  const [open, setOpen] = useState(false);
  const entity = roll.entities[newest.entity];
  if (!entity) return null;
  const { seq, at, type, from, to, note } = newest;
  const [was, is] = [from === null ? null : wordOf(entity.entity, from), wordOf(entity.entity, to)];
  const oldest = all.at(-1);
  const pick = (checked: boolean) => {
    const rows = checked ? [...chosen, seq].slice(-2) : chosen.filter((one) => one !== seq);
    setWords({ rows: rows.join('.') });
  };
  return (
    <li class={`event${open ? ' open' : ''}`}>
      <div class="event-line">
        <button
          type="button"
          class="quiet fold"
          aria-expanded={open}
          aria-label={`${type}, seq ${seq}: details`}
          onClick={() => setOpen(!open)}
        >
          {open ? '▾' : '▸'}
        </button>
        <time title={dayTime(at)}>
          {all.length > 1 && oldest ? `${clockTime(oldest.at)}–` : ''}
          {clockTime(at)}
        </time>
        <span class="dim kind">{entity.entity}</span>
        <span class="what">
          <b>{type}</b>
          {all.length > 1 ? <span class="count"> ×{all.length}</span> : null}
          {entity.entity === 'instance' &&
          route.value.words['of']?.startsWith('instance') !== true ? (
            <Words class="dim cut" text={` ${entityName(entity)}`} />
          ) : null}
        </span>
        <span class="move">
          {was === null || was === is ? null : (
            <>
              <State word={was} /> →{' '}
            </>
          )}
          <State word={is} />
        </span>
        <span class="who cut">
          {note.why !== undefined && is !== 'live' ? <span>{note.why} </span> : null}
          {note.by === undefined ? null : (
            <span class="dim">
              by <Words text={note.by} />
            </span>
          )}
        </span>
        <button type="button" class="quiet num" title="Go to this moment" onClick={() => seek(seq)}>
          seq {seq}
        </button>
        <label class="check" title="Choose two rows to compare">
          <input
            type="checkbox"
            aria-label={`Compare seq ${seq}`}
            checked={chosen.includes(seq)}
            onChange={(event) => pick(event.currentTarget.checked)}
          />
        </label>
      </div>
      {open ? <Details folded={folded} machine={entity.entity} /> : null}
    </li>
  );
}

function Details({ folded, machine }: { readonly folded: Folded; readonly machine: string }) {
  const { newest, all } = folded;
  const { value: document, failed } = useFetched<Document>(apiPath(`event/${newest.seq}`));
  const value = storedIn(document);
  const before = previousOf(newest.entity, newest.seq);
  const earlier = useFetched<{ events: Document[] }>(before);
  if (failed !== undefined) return <p class="bad">{failed}</p>;
  if (!value) return <p class="dim">Reading …</p>;
  const current = link.value?.hello?.charts[machine];
  const last = allIn(earlier.value).find(
    (one) =>
      one.seq < value.seq &&
      JSON.stringify(one.record) !== 'null' &&
      sameOne(one.record, value.record),
  );
  const changes = changedPaths(last?.record, value.record).filter(
    ({ path }) => path !== 'hash' && path !== 'n',
  );
  return (
    <div class="details">
      <dl class="facts">
        <dt>who</dt>
        <dd>
          <Words text={`${value.actor.host}/${value.actor.agent}`} />
        </dd>
        <dt>edges</dt>
        <dd>
          {value.edges.length === 0 ? <span class="dim">none: its chain begins</span> : null}
          {value.edges.map((edge) => (
            <code key={edge}>{edge} </code>
          ))}
          {current !== undefined && value.chart !== current ? (
            <a
              class="chip"
              href={hrefTo({ screen: 'machines', words: { machine, chart: value.chart } })}
            >
              chart of that time #{value.chart}
            </a>
          ) : null}
        </dd>
        {value.cause === undefined ? null : (
          <>
            <dt>because of</dt>
            <dd>
              <code class="cut">{value.cause}</code>
            </dd>
          </>
        )}
        {all.length > 1 ? (
          <>
            <dt>all {all.length}</dt>
            <dd>
              {all.slice(0, 40).map(({ seq }) => (
                <button key={seq} type="button" class="link num" onClick={() => seek(seq)}>
                  {seq}
                </button>
              ))}
            </dd>
          </>
        ) : null}
      </dl>
      <div class="columns">
        <section>
          <h4>What changed in its record</h4>
          {value.record === null ? <p class="dim">No record with this event.</p> : null}
          <ul class="paths">
            {changes.map(({ path, mark, before: old, after }) => (
              <li key={path} class={mark === '+' ? 'plus' : mark === '−' ? 'minus' : 'tilde'}>
                <b aria-hidden="true">{mark}</b> <code>{path}</code>{' '}
                <bdi>
                  {mark === '+'
                    ? valueText(after)
                    : mark === '−'
                      ? valueText(old)
                      : `${valueText(old)} → ${valueText(after)}`}
                </bdi>
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h4>What the decision saw</h4>
          {value.evidence ? (
            <pre>{JSON.stringify(value.evidence, null, 2)}</pre>
          ) : (
            <p class="dim">Nothing was kept.</p>
          )}
        </section>
        <section>
          <h4>
            The event{' '}
            <button
              type="button"
              class="quiet"
              onClick={() => void navigator.clipboard.writeText(JSON.stringify(value, null, 2))}
            >
              Copy JSON
            </button>
          </h4>
          <pre>{JSON.stringify(value.event, null, 2)}</pre>
        </section>
      </div>
    </div>
  );
}

/** Where the records before it are. */
function previousOf(number: number, seq: number): string | null {
  const entity = roll.entities[number];
  if (!entity || !('host' in entity) || entity.entity === 'hold') return null;
  const name = entity.entity === 'instance' ? `${entity.service}/${entity.id}` : entity.run;
  return apiPath(`entity?name=${encodeURIComponent(name)}&limit=20&before=${seq}`);
}

/** Of two records, whether they are of one kind of thing. */
function sameOne(a: Stored['record'], b: Stored['record']): boolean {
  return a?.['service'] === b?.['service'] && a?.['id'] === b?.['id'];
}
