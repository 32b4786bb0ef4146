import { describeChain, type UnreadableEvent } from '../../../domain/events/audit-entry.ts';
import { eventSubject } from '../../../domain/events/event-subjects.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';

/** What is wrong with a message that is no event of this history. */
export function unreadableDivergence({ seq, subject, why, claims }: UnreadableEvent): Divergence {
  if (!claims)
    return { seq, entity: subject, check: 'illegible', expected: 'an event', found: why };
  const { of, n } = claims;
  const entity = describeChain(of);
  return { seq, entity, check: 'subject', expected: eventSubject(of, n), found: subject };
}
