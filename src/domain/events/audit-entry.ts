import { readJson } from '../json.ts';
import { formatParseError } from '../records/stored-record.ts';
import type { Revision, WallTime } from '../time.ts';
import { AuditEvent, type ChainRef } from './event-schema.ts';
import { chainSubject } from './event-subjects.ts';
import { passesFastSchemaCheck } from './fast-schema-check.ts';
import { type Hash, hashEvent } from './hash-chain.ts';

/** An event as it stands in a history: parsed, with its place and the hash of its stored bytes. */
export interface AuditEntry {
  readonly kind: 'event';
  readonly seq: Revision;
  readonly origin: Revision;
  readonly storedAt: WallTime;
  readonly subject: string;
  readonly hash: string;
  readonly event: AuditEvent;
}

/** Something in a history that is no event this version understands (G12). */
export interface UnreadableEvent {
  readonly kind: 'illegible';
  readonly seq: Revision;
  readonly origin: Revision;
  readonly storedAt: WallTime;
  readonly subject: string;
  readonly why: string;
}

/**
 * Reads a stored event; whatever is wrong with it comes back as `illegible`, with the rule.
 *
 * `hash`: whoever reads millions brings a faster one than the pure one.
 */
export function parseAuditEvent(
  stored: {
    readonly seq: Revision;
    readonly origin: Revision;
    readonly storedAt: WallTime;
    readonly subject: string;
    readonly text: string;
    readonly illegible?: string;
  },
  hash: Hash = hashEvent,
): AuditEntry | UnreadableEvent {
  const { seq, origin, storedAt, subject, text, illegible } = stored;
  const place = { seq, origin, storedAt, subject };
  if (illegible !== undefined) return { kind: 'illegible', ...place, why: illegible };
  try {
    const value = readJson(text);
    const event = passesFastSchemaCheck(value) ? value : AuditEvent.parse(value);
    return { kind: 'event', ...place, hash: hash(text), event };
  } catch (cause) {
    return { kind: 'illegible', ...place, why: formatParseError(cause) };
  }
}

/** A chain's name: one string for the entity and the run that its events belong to. */
export const chainName = (of: ChainRef): string => chainSubject(of);

/** A chain as people are told of it. */
export function describeChain(of: ChainRef): string {
  switch (of.entity) {
    case 'hold':
      return `hold on ${of.agent === undefined ? of.host : `${of.host}/${of.agent}`}`;
    case 'brake':
      return `brake of zone ${of.zone}`;
    case 'policy':
      return 'the fleet’s policy';
    case 'run':
      return `${of.host}/${of.agent} run ${of.run}`;
    case 'instance':
      return `${of.service}/${of.id} of ${of.host}/${of.agent} run ${of.run}`;
    default:
      return `${of.entity} of ${of.host}/${of.agent} run ${of.run}`;
  }
}
