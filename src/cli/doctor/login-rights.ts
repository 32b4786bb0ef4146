import {
  capabilitiesOf,
  compareWithRole,
  memberOfInbox,
  type RightOf,
  roles,
} from '../../composition/access/login-rights.ts';
import type { Inspection } from '../../composition/store/open-inspection.ts';
import { Fault } from '../../domain/fault.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** The role that a login is to have; the name only of an agent, its host. */
interface AsRole {
  readonly role: (typeof roles)[number];
  readonly name: string | undefined;
}

/** The role of `--as`: a role, or agent/HOST. @throws {Fault} `bad-setting` */
export function readRole(text: string): AsRole {
  const [first, name] = text.split(/\/(.*)/s, 2);
  const role = roles.find((one) => one === first);
  if (role !== undefined) return { role, name };
  throw new Fault('bad-setting', `--as must be one of ${roles.join(', ')} (got '${text}')`, {
    hint: 'for the agent of a host: --as agent/HOST',
  });
}

/** Number of rights that are listed. */
const mostListed = 5;

/**
 * What the login may do, by the rights that the server tells it: nothing is written to find out. With a role, also what
 * it lacks for that role, and what it may do beyond it.
 */
export async function diagnoseRights(
  inspection: Inspection,
  inboxPrefix: string | undefined,
  as: AsRole | undefined,
): Promise<readonly Finding[]> {
  const rights = await inspection.rights();
  if (rights === undefined) {
    return as === undefined
      ? []
      : [
          note(
            'login',
            'the server does not tell this login its rights',
            'allow it to publish to $SYS.REQ.USER.INFO, as `rollcall access` does',
          ),
        ];
  }
  const { namespace } = inspection.names;
  const isLimited = rights.publish.allow !== undefined || rights.publish.deny.length > 0;
  const all = capabilitiesOf(rights, namespace);
  const may = all.filter((one) => one.may).map(({ what }) => what);
  const mayNot = all.filter((one) => !one.may).map(({ what }) => what);
  const known = inboxPrefix === undefined ? undefined : memberOfInbox(inboxPrefix);
  const who =
    known === undefined ? `of account ${rights.account}` : `of ${known.role} ${known.name}`;
  const about = isLimited
    ? `the login ${who} may ${may.join(', ') || 'nothing in this namespace'}; it may not ${mayNot.join(', ')}`
    : `the login ${who} may do everything in its account`;
  if (as === undefined) return isLimited ? [ok('login', about)] : [];
  const wanted = { namespace, role: as.role, name: as.name ?? known?.name ?? '' };
  const { missing, excess } = compareWithRole(rights, wanted);
  const role = as.role === 'agent' ? `agent of host ${wanted.name}` : as.role;
  const mend = `create a login for this role: rollcall access add ${as.role} ${as.role === 'agent' ? 'HOST' : 'NAME'}`;
  return [
    ok('login', about),
    ...(missing.length > 0
      ? [wrong('login', `the login lacks rights of the role ${role}: ${listed(missing)}`, mend)]
      : []),
    ...(excess.length > 0
      ? [wrong('login', `the login has rights beyond the role ${role}: ${listed(excess)}`, mend)]
      : []),
    ...(missing.length + excess.length === 0
      ? [ok('login', `the login has exactly the rights of the role ${role}`)]
      : []),
  ];
}

const listed = (rights: readonly RightOf[]): string => {
  const shown = rights.slice(0, mostListed).map(({ to, subject }) => `${verbs[to]} ${subject}`);
  const more = rights.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

const verbs = { publish: 'publish to', subscribe: 'subscribe to' } as const;
