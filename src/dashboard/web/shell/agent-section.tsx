import { clockTime, dayTime, formatCount, since } from '../format/format-time.ts';
import type { AgentModel } from '../model/agent-model.ts';
import { allIn, type Document, type Stored } from '../model/event-document.ts';
import { nextOf } from '../model/issues.ts';
import { apiPath } from '../protocol/api-path.ts';
import { fleet, isPast, moment, now } from '../state/store.ts';
import { useFetch } from '../state/use-query.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { Countdown } from '../widgets/countdown.tsx';
import { Fact } from '../widgets/fact.tsx';
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
  const address = records.get(`run ${run}`)?.['address'];
  const { ttl, grace = 0 } = entityState.note;
  return (
    <section class="part">
      <h3>
        <StateBadge status={status} reason={reason} /> {alone ? null : <BidiText text={agent} />}
      </h3>
      {alone ? (
        <WhySentences
          key={isPast.value}
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
        <Fact name="next">{next && [next, ' ', <Countdown key="at" to={at} />]}</Fact>
        <Fact name="run">
          <code class="cut">{run}</code>
        </Fact>
        <Fact name="zone">{zone && <BidiText text={zone} />}</Fact>
        <Fact name="ttl, grace">
          {ttl === undefined ? null : `${ttl / 1000} s, ${grace / 1000} s`}
        </Fact>
        <Fact name="address">{typeof address === 'string' && <code>{address}</code>}</Fact>
      </dl>
      <h4>
        {formatCount(instances.length, 'instance')}
        {lost.length > 0 ? `, ${lost.length} lost` : ''}
      </h4>
      <InstanceList instances={[...instances, ...lost]} run={run} records={records} />
    </section>
  );
}
