import type { Namespace } from '../../../domain/identity/names.ts';
import { encodeSubjectToken } from '../../../domain/identity/subject-token.ts';

/** What a login is for (docs/how-to/permissions.md). */
export const roles = [
  'agent',
  'collector',
  'consumer',
  'operator',
  'auditor',
  'dashboard',
  'deploy',
] as const;
export type Role = (typeof roles)[number];

/** One login of a namespace. */
export interface Member {
  readonly namespace: Namespace;
  readonly role: Role;
  /** Of an agent: the id of its host. */
  readonly name: string;
  /** Of an agent: the services that it may register; undefined: all. */
  readonly services?: readonly string[] | undefined;
  /** Public nkeys. Two while a login is being rotated. */
  readonly keys: readonly string[];
}

/** Role and name in characters that subjects and file names allow. No two members have the same. */
export const memberToken = ({ role, name }: Pick<Member, 'role' | 'name'>): string =>
  `${role}-${encodeSubjectToken(name)}`;

/** Only this login may subscribe below it. */
export const inboxPrefixOf = (member: Pick<Member, 'role' | 'name'>): string =>
  `_INBOX_${memberToken(member)}`;

/** These roles work in the account that holds the streams: they are trusted with everything there. */
export const isTrusted = ({ role }: Pick<Member, 'role'>): boolean =>
  role === 'collector' || role === 'deploy';
