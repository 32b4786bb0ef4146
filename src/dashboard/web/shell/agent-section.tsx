import { clockTime, dayTime, formatCount, since } from '../format/format-time.ts';
import type { AgentModel } from '../model/agent-model.ts';
import { allIn, type Document, type Stored } from '../model/event-document.ts';
import { nextOf } from '../model/issues.ts';
import { apiPath } from '../protocol/api-path.ts';
import { fleet, moment, now } from '../state/store.ts';
import { useFetch } from '../state/use-query.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { Countdown } from '../widgets/countdown.tsx';
import { StateBadge } from '../widgets/state-badge.tsx';
import { InstanceList } from './instance-list.tsx';
import { WhySentences } from './why-sentences.tsx';

/** The facts of an agent and its instances. */
export function AgentSection({
  slot,
  alone,
}: {
  readonly slot: AgentModel;
  readonly alone: boolean;
}) {
  const { entityState, status, reason, instances, zone, host, agent } = slot;
  const lost = fleet.lostWith(slot);
  const name = `${host}/${agent}`;
  const { next, at } = nextOf(slot, fleet);
  const past = moment.value?.head === false ? `&before=${(moment.value?.seq ?? 0) + 1}` : '';
  const { value } = useFetch<{ events: Document[] }>(
    alone ? apiPath(`entity?name=${encodeURIComponent(name)}&limit=100${past}`) : null,
    entityState.seq,
  );
  const records = new Map<string, Stored['record']>();
  for (const { of, record } of allIn(value)) {
    const key =
      of.entity === 'instance' ? `${of.run} ${of.service}/${of.id}` : `${of.entity} ${of.run}`;
    if (!records.has(key)) records.set(key, record);
  }
  const run = entityState.entity.entity === 'run' ? entityState.entity.run : '';
  const own = records.get(`run ${run}`);
  return (
    <section class="part">
      <h3>
        <StateBadge status={status} reason={reason} /> {alone ? null : <BidiText text={agent} />}
      </h3>
      {alone ? (
        <WhySentences
          subject={{ kind: 'agent', host, agent }}
          fresh={`${entityState.seq} ${instances.length}`}
        />
      ) : null}
      <dl class="facts">
        <dt>since</dt>
        <dd title={dayTime(entityState.since)}>
          {clockTime(entityState.since)}{' '}
          <span class="dim">({since(entityState.since, now.value)})</span>
        </dd>
        {next === '' ? null : (
          <>
            <dt>next</dt>
            <dd>
              {next} <Countdown to={at} />
            </dd>
          </>
        )}
        <dt>run</dt>
        <dd>
          <code class="cut">{run}</code>
        </dd>
        {zone === '' ? null : (
          <>
            <dt>zone</dt>
            <dd>
              <BidiText text={zone} />
            </dd>
          </>
        )}
        {entityState.note.ttl === undefined ? null : (
          <>
            <dt>ttl, grace</dt>
            <dd>
              {entityState.note.ttl / 1000} s, {(entityState.note.grace ?? 0) / 1000} s
            </dd>
          </>
        )}
        {typeof own?.['address'] === 'string' ? (
          <>
            <dt>address</dt>
            <dd>
              <code>{own['address']}</code>
            </dd>
          </>
        ) : null}
      </dl>
      <h4>
        {formatCount(instances.length, 'instance')}
        {lost.length > 0 ? `, ${lost.length} lost` : ''}
      </h4>
      <InstanceList instances={[...instances, ...lost]} run={run} records={records} />
    </section>
  );
}
