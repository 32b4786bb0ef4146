import type { ApiCauses, ApiEntity } from '../../../api-types.ts';
import { clockTime, formatCount } from '../../format/format-time.ts';
import { changesOf } from '../../format/record-diff.ts';
import {
  allIn,
  type Document,
  missingBefore,
  type Stored,
  storedIn,
} from '../../model/event-document.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { connection, goTo, hrefTo } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { EventLink } from '../../widgets/event-link.tsx';
import { Fact } from '../../widgets/fact.tsx';
import { FieldDiff } from '../../widgets/field-diff.tsx';
import { EventChart } from './event-chart.tsx';
import type { Folded } from './fold-repeats.ts';

interface Props {
  readonly folded: Folded;
  readonly entity: ApiEntity;
}

/** The record's changes, the evidence of the decision, the stored event, and the edge it took. */
export function EventDetails({ folded, entity }: Props) {
  const { newest, all } = folded;
  const { value: document, failed } = useFetch<Document>(apiPath(`event/${newest.seq}`));
  const value = storedIn(document);
  const earlier = useFetch<{ events: Document[] }>(eventsBefore(entity, newest.seq));
  if (failed !== undefined) return <p class="bad">{failed}</p>;
  if (!value) return <p class="dim">Loading …</p>;
  const machine = entity.entity;
  const current = connection.value?.hello?.charts[machine];
  const before = allIn(earlier.value).filter(({ seq }) => seq < value.seq);
  const last = before.find(({ record }) => record !== null && sameOne(record, value.record));
  const missing = earlier.value ? missingBefore(value, before) : null;
  return (
    <div class="details">
      <dl class="facts">
        <Fact name="written by">
          <BidiText text={`${value.actor.host}/${value.actor.agent}`} />
        </Fact>
        <dt>edges</dt>
        <dd>
          {value.edges.length === 0 ? (
            <span class="dim">none: first event of its chain</span>
          ) : null}
          {value.edges.map((edge) => (
            <code key={edge}>{edge} </code>
          ))}
          {current !== undefined && value.chart !== current ? (
            <a
              class="chip"
              href={hrefTo({ screen: 'machines', params: { machine, chart: value.chart } })}
            >
              older chart #{value.chart}
            </a>
          ) : null}
        </dd>
        <Fact name="missing">{missing && <span class="bad">{missing}</span>}</Fact>
        <Fact name="caused by">
          {value.cause && (
            <span title={value.cause}>
              <Cause of={value.seq} />
            </span>
          )}
        </Fact>
        <Fact name={`all ${all.length}`}>
          {all.length > 1 && [
            all.slice(0, 40).map(({ seq }) => (
              <button key={seq} type="button" class="link num" onClick={() => goTo({ at: seq })}>
                {seq}
              </button>
            )),
            all.length > 40 ? ` and ${formatCount(all.length - 40, 'more', 'more')}` : null,
          ]}
        </Fact>
      </dl>
      <div class="columns">
        <section>
          <h4>Changes of the record</h4>
          {value.record === null ? <p class="dim">No record after this event.</p> : null}
          <FieldDiff changes={changesOf(last?.record, value.record)} />
        </section>
        <section>
          <h4>Evidence of the decision</h4>
          {value.evidence ? (
            <pre>{JSON.stringify(value.evidence, null, 2)}</pre>
          ) : (
            <p class="dim">None recorded.</p>
          )}
          <h4>Stored event</h4>
          <pre>{JSON.stringify(value.event, null, 2)}</pre>
          <CopyButton text={() => JSON.stringify(value, null, 2)}>Copy as JSON</CopyButton>
        </section>
        <section>
          <h4>Chart</h4>
          <EventChart machine={machine} event={newest} />
        </section>
      </div>
    </div>
  );
}

/** The event that caused this one, with a link. */
function Cause({ of }: { readonly of: number }) {
  const { value, failed } = useFetch<ApiCauses>(apiPath(`causes/${of}`));
  if (failed !== undefined) return <span class="bad">{failed}</span>;
  if (value?.seq !== of) return <span class="dim">…</span>;
  const { cause } = value;
  if (!cause) return <span class="dim">an event that is not in memory</span>;
  return (
    <>
      <EventLink {...cause}>{cause.type} </EventLink>{' '}
      <span class="dim num">
        {clockTime(cause.at)}, seq {cause.seq}
      </span>
    </>
  );
}

/** The address of the events before it. */
function eventsBefore(entity: ApiEntity, seq: number): string | null {
  if (!('host' in entity) || entity.entity === 'hold') return null;
  const name = entity.entity === 'instance' ? `${entity.service}/${entity.id}` : entity.run;
  return apiPath(`entity?name=${encodeURIComponent(name)}&limit=20&before=${seq}`);
}

/** Whether two records describe the same entity. */
function sameOne(a: Stored['record'], b: Stored['record']): boolean {
  return b === null || (a?.['service'] === b['service'] && a?.['id'] === b['id']);
}
