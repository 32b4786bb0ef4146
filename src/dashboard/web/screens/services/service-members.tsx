import { dayTime, since } from '../../format/format-time.ts';
import { type ServiceMember, statusIn } from '../../model/service-table.ts';
import { writeSubject } from '../../model/subject.ts';
import { ActiveRegistration } from '../../shell/instance-list.tsx';
import { hrefTo, now } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';

const most = 200;

/** The instances of a service, those in trouble and the lost ones first, with the agent of each. */
export function ServiceMembers({ members }: { readonly members: readonly ServiceMember[] }) {
  const rank = ({ instance }: ServiceMember) => Number(statusIn(instance) === 'live');
  const sorted = members.toSorted((a, b) => rank(a) - rank(b));
  return (
    <ul class="members">
      {sorted.slice(0, most).map(({ instance, slot }) => {
        const { service, id, status, reason, entityState } = instance;
        const { address, port } = entityState.note;
        const { host, agent } = slot;
        return (
          <li key={entityState.number}>
            <span>
              <StateBadge status={status} reason={reason} />{' '}
              <ActiveRegistration of={instance.active} />
            </span>
            <SubjectLink of={{ kind: 'instance', service, id }} text={id} />
            <a
              href={hrefTo({
                screen: 'fleet',
                params: { sel: writeSubject({ kind: 'agent', host, agent }) },
              })}
            >
              <BidiText text={`${host}/${agent}`} />
            </a>
            <BidiText class="dim" text={slot.zone} />
            <code>{[address, port].filter(Boolean).join(':')}</code>
            <span class="num dim" title={dayTime(instance.since)}>
              {since(instance.unbrokenSince, now.value)}
            </span>
          </li>
        );
      })}
      {members.length > most ? <li class="dim">and {members.length - most} more</li> : null}
    </ul>
  );
}
