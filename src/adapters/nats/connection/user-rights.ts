import type { Millis } from '../../../domain/time.ts';
import { isClientError } from './client-errors.ts';
import { inboxPrefixOf } from './inbox.ts';
import { subjectWithoutDomain } from './js-domain.ts';
import { jsonOf } from './message.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

/** Subjects that a user may use, with wildcards. Undefined `allow`: all that `deny` does not have. */
export interface SubjectRule {
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
}

/** What the server lets a user do. */
export interface UserRights {
  readonly user: string;
  readonly account: string;
  readonly publish: SubjectRule;
  readonly subscribe: SubjectRule;
}

/** Where a user asks the server for its own rights. */
export const userInfoSubject = '$SYS.REQ.USER.INFO';

/** The rights of the user of this connection, as subjects without its domain; undefined if it may not ask, or the server does not say. */
export async function rightsOfUser(
  { client, jsDomain }: Pick<SupervisedConnection, 'client' | 'jsDomain'>,
  within: Millis,
): Promise<UserRights | undefined> {
  try {
    const reply = await client.request(userInfoSubject, '', { timeout: within });
    const rights = parseUserInfo(jsonOf(reply));
    return rights && { ...rights, publish: withoutDomain(rights.publish, jsDomain) };
  } catch (cause) {
    if (isClientError(cause, 'RequestError', 'TimeoutError', 'PermissionViolationError')) {
      return undefined;
    }
    throw cause;
  }
}

/**
 * Whether the server says that this user may publish to none of these subjects. Only a login with a prefix of inboxes of
 * its own has such limits, so that others are not asked about.
 */
export async function isRefused(
  connection: SupervisedConnection,
  subjects: readonly string[],
  within: Millis,
): Promise<boolean> {
  if (inboxPrefixOf(connection) === undefined) return false;
  const rights = await rightsOfUser(connection, within);
  return rights !== undefined && !subjects.some((one) => permits(rights.publish, one));
}

/** Undefined if it is not the reply of a server. */
export function parseUserInfo(reply: unknown): UserRights | undefined {
  const data = fieldsOf(fieldsOf(reply)?.['data']);
  if (data === undefined || typeof data['account'] !== 'string') return undefined;
  const permissions = fieldsOf(data['permissions']);
  const { account, user } = data;
  return {
    account,
    user: typeof user === 'string' ? user : '',
    publish: ruleOf(permissions?.['publish']),
    subscribe: ruleOf(permissions?.['subscribe']),
  };
}

const withoutDomain = ({ allow, deny }: SubjectRule, domain: string | undefined): SubjectRule => ({
  allow: allow?.map((one) => subjectWithoutDomain(one, domain)),
  deny: deny.map((one) => subjectWithoutDomain(one, domain)),
});

function ruleOf(value: unknown): SubjectRule {
  const { allow, deny } = fieldsOf(value) ?? {};
  const texts = (of: unknown) =>
    Array.isArray(of) ? of.filter((one): one is string => typeof one === 'string') : [];
  return { allow: Array.isArray(allow) ? texts(allow) : undefined, deny: texts(deny) };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;

/** Whether a rule permits every subject of a pattern. */
export const permits = ({ allow, deny }: SubjectRule, pattern: string): boolean =>
  (allow === undefined || allow.some((one) => covers(one, pattern))) &&
  !deny.some((one) => covers(one, pattern));

/** Whether a pattern has every subject that the other pattern has. */
export function covers(pattern: string, other: string): boolean {
  const [ours, theirs] = [pattern.split('.'), other.split('.')];
  for (const [n, token] of ours.entries()) {
    const their = theirs[n];
    if (their === undefined) return false;
    if (token === '>') return true;
    if (their === '>' || (token !== '*' && token !== their)) return false;
  }
  return ours.length === theirs.length;
}
