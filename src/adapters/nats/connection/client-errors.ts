import type { errors } from '@nats-io/transport-node';
import { Fault, PublishRefused } from '../../../domain/fault.ts';

type ClientErrors = typeof errors;

/** The names of errors that differ from those of their classes (nats-core 3.4). */
const otherNames: Readonly<Partial<Record<keyof ClientErrors, string>>> = {
  NoRespondersError: 'NoResponders',
};

/**
 * Whether this is an error of the NATS client of one of these kinds.
 *
 * It is judged by its name: the connection of an application may come from another copy of the client, whose
 * classes are others, so `instanceof` would be false.
 */
export const isClientError = <Kind extends keyof ClientErrors>(
  cause: unknown,
  ...kinds: readonly Kind[]
): cause is InstanceType<ClientErrors[Kind]> =>
  cause instanceof Error && kinds.some((kind) => (otherNames[kind] ?? kind) === cause.name);

const hint = 'docs/how-to/permissions.md lists the permissions that each role needs';

/**
 * A request that the server refused: this user may not publish it, or may not subscribe to the replies. Undefined if
 * the request failed for another reason.
 */
export function requestRefusal(subject: string, cause: Error): Fault | undefined {
  const violation = violationIn(cause);
  if (violation === undefined) return undefined;
  if (violation.operation === 'publish') {
    return new PublishRefused('store-refused', `this connection may not publish to ${subject}`, {
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
