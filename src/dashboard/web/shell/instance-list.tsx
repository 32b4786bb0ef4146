import { since } from '../format/format-time.ts';
import type { EntityState, InstanceNow } from '../model/agent-model.ts';
import type { Stored } from '../model/event-document.ts';
import { writeSubject } from '../model/subject.ts';
import { hrefTo, now } from '../state/store.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { StateBadge } from '../widgets/state-badge.tsx';
import { SubjectLink } from '../widgets/subject-link.tsx';

interface Props {
  readonly instances: readonly InstanceNow[];
  /** The current run of the agent. */
  readonly run: string;
  /** The records by run and name. */
  readonly records: ReadonlyMap<string, Stored['record']>;
}

/** The instances of an agent, and those that were lost with it, with status, address and labels. */
export function InstanceList({ instances, run, records }: Props) {
  if (instances.length === 0) return null;
  return (
    <ul class="instances">
      {instances.slice(0, 200).map((one) => {
        const record = records.get(`${one.run} ${one.service}/${one.id}`);
        const labels = (record?.['labels'] ?? {}) as Readonly<Record<string, string>>;
        const where = [record?.['address'], record?.['port'] ?? one.entityState.note.port]
          .filter(Boolean)
          .join(':');
        return (
          <li key={one.entityState.number}>
            <StateBadge status={one.status} reason={one.reason} />
            <SubjectLink of={{ kind: 'instance', service: one.service, id: one.id }} />
            <span class="num dim">{since(one.unbrokenSince, now.value)}</span>
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
  );
}

/** The registration that consumers are given, where another agent's counts. */
export function ActiveRegistration({ of }: { readonly of: EntityState | undefined }) {
  const entity = of?.entity;
  if (entity?.entity !== 'instance') return null;
  const { host, agent } = entity;
  return (
    <span>
      registered later by{' '}
      <a
        href={hrefTo({
          screen: 'fleet',
          params: { sel: writeSubject({ kind: 'agent', host, agent }) },
        })}
      >
        <BidiText text={`${host}/${agent}`} />
      </a>
    </span>
  );
}
