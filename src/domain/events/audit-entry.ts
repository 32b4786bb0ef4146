import { formatParseError, shortReason } from '../records/schema-problems.ts';
import type { Revision, WallTime } from '../time.ts';
import { readEventJson } from './event-json.ts';
import { AuditEvent, type ChainRef } from './event-schema.ts';
import { chainSubject, eventSubject } from './event-subjects.ts';
import { passesFastSchemaCheck } from './fast-schema-check.ts';
import { type Hash, hashEvent } from './hash-chain.ts';

/** A parsed event of a history, with its sequences and the hash of its stored bytes. */
export interface AuditEntry {
  readonly kind: 'event';
  readonly seq: Revision;
  readonly origin: Revision;
  readonly storedAt: WallTime;
  readonly subject: string;
  /** How many repeated copies the store has right before it. */
  readonly copiesBefore?: number;
  readonly hash: string;
  /** As stored. */
  readonly text: string;
  readonly event: AuditEvent;
}

/** A message in a history that this version cannot read as an event (G12). */
export interface UnreadableEvent {
  readonly kind: 'illegible';
  readonly seq: Revision;
  readonly origin: Revision;
  readonly storedAt: WallTime;
  readonly subject: string;
  readonly copiesBefore?: number;
  readonly why: string;
  /** The event that it would be, if it did not have the subject of another entity. */
  readonly claims?: Pick<AuditEvent, 'of' | 'n'>;
}

/**
 * Parses a stored event. An invalid one is returned as `illegible` with the violated rule.
 *
 * So is an event whose subject is not its own: the server lets an agent publish only to subjects of its own
 * runs, so an event about another entity there may be forged by the agent of that subject.
 *
 * `hash`: pass a native SHA-256 to read millions of events.
 */
export function parseAuditEvent(
  stored: {
    readonly seq: Revision;
    readonly origin: Revision;
    readonly storedAt: WallTime;
    readonly subject: string;
    readonly text: string;
    readonly copiesBefore?: number;
    readonly illegible?: string;
  },
  hash: Hash = hashEvent,
): AuditEntry | UnreadableEvent {
  const { seq, origin, storedAt, subject, text, copiesBefore, illegible } = stored;
  const position = { seq, origin, storedAt, subject, ...(copiesBefore && { copiesBefore }) };
  if (illegible !== undefined)
    return { kind: 'illegible', ...position, why: shortReason(illegible) };
  try {
    const value = readEventJson(text);
    const event = passesFastSchemaCheck(value) ? value : AuditEvent.parse(value);
    if (subject !== eventSubject(event.of, event.n)) {
      const { of, n } = event;
      const why = shortReason(`it is an event of ${describeChain(of)}, which has another subject`);
      return { kind: 'illegible', ...position, why, claims: { of, n } };
    }
    return { kind: 'event', ...position, hash: hash(text), text, event };
  } catch (cause) {
    return { kind: 'illegible', ...position, why: formatParseError(cause) };
  }
}

/**
 * The event at the time when the audit stored it, by the clock of the server. Texts show this time, because the
 * history is ordered by it and a moment is found by it.
 */
export const atStoredTime = (entry: AuditEntry): AuditEntry => ({
  ...entry,
  event: { ...entry.event, at: entry.storedAt },
});

/** A chain's map key: its entity and run as one string. */
export const chainName = (of: ChainRef): string => chainSubject(of);

/** A chain's display name. */
export function describeChain(of: ChainRef): string {
  switch (of.entity) {
    case 'hold':
      return `hold on ${of.agent === undefined ? of.host : `${of.host}/${of.agent}`}`;
    case 'drain':
      return `drain of ${'host' in of.target ? of.target.host : `${of.target.service}/${of.target.id}`}`;
    case 'brake':
      return `brake of zone ${of.zone}`;
    case 'policy':
      return 'the fleet’s policy';
    case 'store':
      return `store loss ${of.run}`;
    case 'run':
      return `${of.host}/${of.agent} run ${of.run}`;
    case 'instance':
      return `${of.service}/${of.id} of ${of.host}/${of.agent} run ${of.run}`;
    default:
      return `${of.entity} of ${of.host}/${of.agent} run ${of.run}`;
  }
}
