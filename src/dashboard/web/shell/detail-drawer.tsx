import '../styles/drawer.css';
import { useEffect, useRef } from 'preact/hooks';
import { clockTime, countdown, dayTime, formatCount, since } from '../format/format-time.ts';
import type { AgentModel, EntityState } from '../model/agent-model.ts';
import { allIn, type Document, type Stored } from '../model/event-document.ts';
import { nextOf } from '../model/issues.ts';
import { readSubject, subjectName, writeSubject } from '../model/subject.ts';
import { apiPath } from '../protocol/api-path.ts';
import { hrefTo, moment, now, roll, route, setParams, version } from '../state/store.ts';
import { useFetch } from '../state/use-query.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { StateBadge } from '../widgets/state-badge.tsx';
import { ActionButton, lastActionResult } from './action-dialog.tsx';

/** The selected host or agent: its agents, their instances, and the actions on it. */
export function DetailDrawer() {
  void version.value;
  const text = route.value.params['sel'];
  const subject = readSubject(text);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [text]);
  if (!subject || subject.kind === 'instance') return null;
  const slots =
    subject.kind === 'host'
      ? roll.slots().filter(({ host }) => host === subject.host)
      : [roll.slot(subject.host, subject.agent)].filter((one) => one !== undefined);
  const target = { host: subject.host, ...(subject.kind === 'agent' && { agent: subject.agent }) };
  const hold = roll.holdOver(subject.host, subject.kind === 'agent' ? subject.agent : '');
  return (
    <aside ref={box} class="drawer" aria-label={subjectName(subject)}>
      <header>
        <h2>
          <span class="dim">{subject.kind}</span> <BidiText text={subjectName(subject)} />
        </h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          onClick={() => setParams({ sel: '' })}
        >
          ✕
        </button>
      </header>
      {slots.length === 0 ? (
        <p class="dim">Not present at this moment.</p>
      ) : (
        slots.map((slot) => <AgentSection key={slot.key} slot={slot} alone={slots.length === 1} />)
      )}
      <footer class="row">
        <a
          class="button"
          href={hrefTo({ screen: 'entity', params: { of: writeSubject(subject) } })}
        >
          History
        </a>
        {subject.kind === 'agent' ? (
          <a
            class="button"
            href={hrefTo({ screen: 'machines', params: { sel: writeSubject(subject) } })}
          >
            Machine
          </a>
        ) : null}
        {hold ? (
          <ActionButton of={{ action: 'release', ...target }}>Release hold</ActionButton>
        ) : (
          <ActionButton of={{ action: 'hold', ...target }}>Hold …</ActionButton>
        )}
      </footer>
      {lastActionResult.value ? (
        <p class={lastActionResult.value.came} role="status">
          {lastActionResult.value.text}
        </p>
      ) : null}
    </aside>
  );
}

function AgentSection({ slot, alone }: { readonly slot: AgentModel; readonly alone: boolean }) {
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
      {instances.length === 0 ? null : (
        <ul class="instances">
          {instances.slice(0, 200).map((one) => {
            const record = records.get(`${one.run} ${one.service}/${one.id}`);
            const labels = (record?.['labels'] ?? {}) as Readonly<Record<string, string>>;
            const where = [record?.['address'], record?.['port'] ?? one.stands.note.port]
              .filter((part) => part !== undefined)
              .join(':');
            return (
              <li key={one.stands.number}>
                <StateBadge status={one.status} reason={one.reason} />
                <a
                  href={hrefTo({
                    screen: 'entity',
                    params: {
                      of: writeSubject({ kind: 'instance', service: one.service, id: one.id }),
                    },
                  })}
                >
                  <BidiText text={`${one.service}/${one.id}`} />
                </a>
                <span class="num dim">{since(one.since, now.value)}</span>
                <span class="dim facts-line">
                  {where === '' ? null : <code>{where}</code>}
                  <ActiveRegistration of={one.active} />
                  {one.run === run ? null : ` owner: run ${one.run.slice(0, 8)}…`}
                  {Object.entries(labels).map(([name, value]) => (
                    <span key={name} class="label">
                      <bdi>{name}</bdi>=<bdi>{value}</bdi>
                    </span>
                  ))}
                </span>
              </li>
            );
          })}
          {instances.length > 200 ? (
            <li class="dim">and {instances.length - 200} more, listed in the history</li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

/** The registration that consumers are given, where another agent's counts. */
function ActiveRegistration({ of }: { readonly of: EntityState | undefined }) {
  const entity = of?.entity;
  if (entity?.entity !== 'instance') return null;
  const { host, agent } = entity;
  return (
    <span>
      registered later by{' '}
      <a href={hrefTo({ params: { sel: writeSubject({ kind: 'agent', host, agent }) } })}>
        <BidiText text={`${host}/${agent}`} />
      </a>
    </span>
  );
}
