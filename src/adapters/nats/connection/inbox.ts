import { Fault } from '../../../domain/fault.ts';
import { randomId } from './random-id.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

const defaultPrefix = '_INBOX';
const form = /^_INBOX[A-Za-z0-9_=-]*$/;

/** @throws {Fault} `bad-setting` */
export function checkInboxPrefix(prefix: string): void {
  if (form.test(prefix)) return;
  throw new Fault(
    'bad-setting',
    `the inbox prefix must be _INBOX, optionally followed by letters, digits, '-', '_' and '=' (got '${prefix}')`,
  );
}

/** A new unguessable reply subject below the inbox prefix of the connection. */
export const newInbox = (connection: Pick<SupervisedConnection, 'client'>): string =>
  `${inboxPrefixOf(connection) ?? defaultPrefix}.${randomId()}`;

/** The prefix of inboxes that this login has of its own; undefined if it has none. */
export function inboxPrefixOf({
  client,
}: Pick<SupervisedConnection, 'client'>): string | undefined {
  // The type of the client does not declare its options.
  const { inboxPrefix } = (client as unknown as { options: { inboxPrefix?: string } }).options;
  return inboxPrefix === defaultPrefix ? undefined : inboxPrefix;
}

/**
 * Whether a reply subject is an inbox: of this account, or `_R_` as the server replaces it in a request from
 * another account. To answer any other subject could be a write that the requester has no right to (B9).
 */
export const isInbox = (subject: string): boolean => /^(_INBOX[A-Za-z0-9_=-]*|_R_)\./.test(subject);
