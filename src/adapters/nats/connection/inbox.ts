import { Fault } from '../../../domain/fault.ts';
import { randomId } from './random-id.ts';
import type { SupervisedConnection } from './supervised-connection.ts';

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
export function newInbox({ client }: Pick<SupervisedConnection, 'client'>): string {
  // The type of the client does not declare its options.
  const { options } = client as unknown as { options: { inboxPrefix?: string } };
  return `${options.inboxPrefix ?? '_INBOX'}.${randomId()}`;
}

/**
 * Whether a reply subject is an inbox: of this account, or `_R_` as the server replaces it in a request from
 * another account. To answer any other subject could be a write that the requester has no right to (B9).
 */
export const isInbox = (subject: string): boolean => /^(_INBOX[A-Za-z0-9_=-]*|_R_)\./.test(subject);
