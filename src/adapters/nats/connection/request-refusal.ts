import { Fault } from '../../../domain/fault.ts';
import { isClientError } from './client-errors.ts';

const hint = 'docs/how-to/permissions.md lists the permissions that each role needs';

/**
 * A request that the server refused: this user may not publish it, or may not subscribe to the replies. Undefined if
 * the request failed for another reason.
 */
export function requestRefusal(subject: string, cause: Error): Fault | undefined {
  const violation = violationIn(cause);
  if (violation === undefined) return undefined;
  if (violation.operation === 'publish') {
    return new Fault('store-refused', `this connection may not publish to ${subject}`, {
      cause,
      hint,
    });
  }
  const inbox = violation.subject.replace(/\.[^.>*]+\.\*$/, '.>');
  return new Fault(
    'store-refused',
    `this connection gets no replies: its login may not subscribe to ${inbox}`,
    {
      cause,
      hint: 'use the inbox prefix of this login (--inbox-prefix, in the library inboxPrefix), or let it subscribe to that subject',
    },
  );
}

/** Whether the login may not subscribe to its replies. This says nothing about what it may read. */
export const isInboxRefusal = (fault: Fault): boolean =>
  violationIn(fault.cause)?.operation === 'subscription';

function violationIn(cause: unknown) {
  const inner = isClientError(cause, 'RequestError') ? cause.cause : undefined;
  return isClientError(inner, 'PermissionViolationError') ? inner : undefined;
}
