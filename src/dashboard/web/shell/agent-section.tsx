import { clockTime, countdown, dayTime, formatCount, since } from '../format/format-time.ts';
import type { AgentModel } from '../model/agent-model.ts';
import { allIn, type Document, type Stored } from '../model/event-document.ts';
import { nextOf } from '../model/issues.ts';
import { apiPath } from '../protocol/api-path.ts';
import { moment, now, roll } from '../state/store.ts';
import { useFetch } from '../state/use-query.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { StateBadge } from '../widgets/state-badge.tsx';
import { InstanceList } from './instance-list.tsx';

/** The facts of an agent and its instances. */
export function AgentSection({
  slot,
  alone,
}: {
  readonly slot: AgentModel;
  readonly alone: boolean;
}) {
  const { stands, status, reason, instances, zone, host, agent } = slot;
  const name = `${host}/${agent}`;
  const { next, at } = nextOf(slot, roll);
  const past = moment.value?.head === false ? `&before=${(moment.value?.seq ?? 0) + 1}` : '';
  const { value } = useFetch<{ events: Document[] }>(
    alone ? apiPath(`entity?name=${encodeURIComponent(name)}&limit=100${past}`) : null,
    stands.seq,
  );
  const records = new Map<string, Stored['record']>();
  for (const { of, record } of allIn(value)) {
    const key =
      of.entity === 'instance' ? `${of.run} ${of.service}/${of.id}` : `${of.entity} ${of.run}`;
    if (!records.has(key)) records.set(key, record);
  }
  const run = stands.entity.entity === 'run' ? stands.entity.run : '';
  const own = records.get(`run ${run}`);
  return (
    <section class="part">
      <h3>
        <StateBadge status={status} reason={reason} /> {alone ? null : <BidiText text={agent} />}
      </h3>
      <dl class="facts">
        <dt>since</dt>
        <dd title={dayTime(stands.since)}>
          {clockTime(stands.since)} <span class="dim">({since(stands.since, now.value)})</span>
        </dd>
        {next === '' ? null : (
          <>
            <dt>next</dt>
            <dd>
              {next} {at === null ? null : <b class="num">{countdown(at, now.value)}</b>}
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
        {stands.note.ttl === undefined ? null : (
          <>
            <dt>ttl, grace</dt>
            <dd>
              {stands.note.ttl / 1000} s, {(stands.note.grace ?? 0) / 1000} s
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
        {stands.note.by && (status === 'suspect' || status === 'expired') ? (
          <>
            <dt>decided by</dt>
            <dd>
              <BidiText text={stands.note.by} />
            </dd>
          </>
        ) : null}
      </dl>
      <h4>{formatCount(instances.length, 'instance')}</h4>
      <InstanceList instances={instances} run={run} records={records} />
    </section>
  );
}
