import { Fault } from '../../../domain/fault.ts';
import { decodeSubjectToken, encodeSubjectToken } from '../../../domain/identity/subject-token.ts';
import { subjectNamesOf } from '../connection/subject-names.ts';
import { covers, permits, type SubjectRule, type UserRights } from '../connection/user-rights.ts';
import { type Member, roles } from './member.ts';
import { permissionsOf } from './role-rights.ts';

type Wanted = Pick<Member, 'namespace' | 'role' | 'name'>;

/** A subject, and what a user does with it. */
export interface RightOf {
  readonly to: 'publish' | 'subscribe';
  readonly subject: string;
}

/** How the rights of a user differ from those of a role. */
export interface RightsDifference {
  /** Rights of the role that the user lacks. */
  readonly missing: readonly RightOf[];
  /** Rights of the user that the role does not have. */
  readonly excess: readonly RightOf[];
}

/** Compares the rights of a user with those that `rollcall access` gives to a role. */
export function compareWithRole(rights: UserRights, wanted: Wanted): RightsDifference {
  const services = wanted.role === 'agent' ? servicesIn(rights.publish, wanted) : undefined;
  const role = permissionsOf({ ...wanted, services, keys: [] });
  const missing = (to: RightOf['to'], subjects: readonly string[]) =>
    subjects.filter((subject) => !permits(rights[to], subject)).map((subject) => ({ to, subject }));
  const excess = (to: RightOf['to'], subjects: readonly string[]) =>
    (rights[to].allow ?? ['>'])
      .filter((subject) => !subjects.some((one) => covers(one, subject)))
      .map((subject) => ({ to, subject }));
  return {
    missing: [...missing('publish', role.publish), ...missing('subscribe', role.subscribe)],
    excess: [...excess('publish', role.publish), ...excess('subscribe', role.subscribe)],
  };
}

/** The services that the login of an agent is bound to; undefined: none. */
function servicesIn({ allow = ['>'] }: SubjectRule, { namespace, name }: Wanted) {
  const { registry } = subjectNamesOf(namespace);
  const all = `${registry.prefix}instance.${encodeSubjectToken(name)}`;
  if (allow.some((one) => covers(one, `${all}.>`))) return undefined;
  const bound = allow
    .filter((one) => one.startsWith(`${all}.*.`) && one.endsWith('.*'))
    .flatMap((one) => decoded(one.slice(all.length + 3, -2)));
  return bound.length === 0 ? undefined : bound;
}

/** The role and name of a login with this prefix of inboxes; undefined: `rollcall access` did not make it. */
export function memberOfInbox(prefix: string): Pick<Member, 'role' | 'name'> | undefined {
  const [, role, token = ''] = /^_INBOX_([a-z]+)-(.+)$/.exec(prefix) ?? [];
  const known = roles.find((one) => one === role);
  const [name] = decoded(token);
  return known === undefined || name === undefined ? undefined : { role: known, name };
}

function decoded(token: string): readonly string[] {
  try {
    return [decodeSubjectToken(token)];
  } catch (cause) {
    if (cause instanceof Fault) return [];
    throw cause;
  }
}

/** What these rights allow, in words, each with whether they do. */
export function capabilitiesOf({ publish }: UserRights, namespace: Member['namespace']) {
  const { registry, leases, keyframes, auditStream, eventPrefix } = subjectNamesOf(namespace);
  const anyHost = `${registry.prefix}agent.*.*`;
  const hosts = (publish.allow ?? [])
    .filter((one) => covers(anyHost, one) && one !== anyHost)
    .flatMap((one) => decoded(one.split('.').at(-2) ?? ''));
  const table: readonly (readonly [string, ...string[]])[] = [
    ['read records', `$JS.API.STREAM.MSG.GET.${registry.stream}`],
    ['read the audit', `$JS.API.STREAM.MSG.GET.${auditStream}`],
    ['write holds', `${registry.prefix}hold.*`],
    ['write drains', `${registry.prefix}drain.*`],
    ['write the policy', `${registry.prefix}policy`],
    ['write and remove records of every host', `${registry.prefix}>`, `${eventPrefix}>`],
    ['take seats and end leases', `${leases.prefix}>`],
    ['write keyframes', `${keyframes.prefix}>`],
    ['change the settings of the audit', `$JS.API.STREAM.UPDATE.${auditStream}`],
    ['purge the registry', `$JS.API.STREAM.PURGE.${registry.stream}`],
    ['create streams', `$JS.API.STREAM.CREATE.${registry.stream}`],
    ['delete streams', `$JS.API.STREAM.DELETE.${registry.stream}`],
  ];
  return [
    ...hosts.map((host) => ({ what: `write the records of host ${host}`, may: true })),
    ...table.map(([what, ...needed]) => ({
      what,
      may: needed.every((subject) => permits(publish, subject)),
    })),
  ];
}
