import { formatCount, since } from '../../format/format-time.ts';
import { nextOf } from '../../model/issues.ts';
import { type Subject, subjectName } from '../../model/subject.ts';
import { fleet, now } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { Countdown } from '../../widgets/countdown.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';

/** Name, status, since when, and what happens next. */
export function EntityHead({ subject }: { readonly subject: Subject }) {
  return (
    <>
      <h1>
        <span class="dim">{subject.kind}</span> <BidiText text={subjectName(subject)} />
      </h1>
      {subject.kind === 'agent' ? <AgentStatus host={subject.host} agent={subject.agent} /> : null}
      {subject.kind === 'host' ? <HostStatus host={subject.host} /> : null}
      {subject.kind === 'instance' ? (
        <InstanceStatus service={subject.service} id={subject.id} />
      ) : null}
    </>
  );
}

function AgentStatus({ host, agent }: { readonly host: string; readonly agent: string }) {
  const slot = fleet.slot(host, agent);
  if (!slot) return null;
  const { next, at } = nextOf(slot, fleet);
  return (
    <>
      <StateBadge status={slot.status} reason={slot.reason} />
      <span class="dim num">{since(slot.entityState.since, now.value)}</span>
      {next === '' ? null : (
        <span>
          {next} <Countdown to={at} />
        </span>
      )}
      <span class="dim">{formatCount(slot.instances.length, 'instance')}</span>
      {slot.counts.contested === 0 ? null : (
        <span>
          {slot.counts.contested} <StateBadge status="contested" />
        </span>
      )}
    </>
  );
}

function HostStatus({ host }: { readonly host: string }) {
  const slots = fleet.slots().filter((one) => one.host === host);
  return (
    <>
      {slots.slice(0, 6).map(({ key, agent, status, reason }) => (
        <span key={key}>
          <SubjectLink of={{ kind: 'agent', host, agent }} text={agent} />{' '}
          <StateBadge status={status} reason={reason} />
        </span>
      ))}
      {slots.length > 6 ? (
        <span class="dim">and {formatCount(slots.length - 6, 'more agent')}</span>
      ) : null}
    </>
  );
}

/** The status of each registration of the name: agents may contest it, and one registration is active. */
function InstanceStatus({ service, id }: { readonly service: string; readonly id: string }) {
  const all = fleet.named(service, id);
  if (all.length === 0) return <span class="dim">not present at this moment</span>;
  return (
    <>
      {all.map((one) => {
        const { entity } = one.entityState;
        if (entity.entity !== 'instance') return null;
        const { host, agent } = entity;
        return (
          <span key={one.entityState.number}>
            <StateBadge status={one.status} reason={one.reason} />{' '}
            <span class="dim num">{since(one.unbrokenSince, now.value)}</span>{' '}
            <SubjectLink of={{ kind: 'agent', host, agent }} />
          </span>
        );
      })}
    </>
  );
}
