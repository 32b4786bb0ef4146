import { inOneLine } from '../domain/entry.ts';
import { AuditEvent, type StateValue } from '../domain/events.ts';
import type { StoredEvent } from '../ports/audit.ts';
import { jsonLine } from './printable.ts';

/** An event of the audit, or why it cannot be read: one such must not end a replay (G12). */
export type ReadEvent =
  | { readonly seq: number; readonly event: AuditEvent }
  | { readonly seq: number; readonly unreadable: string; readonly subject: string };

export function readEvent({ seq, subject, text }: StoredEvent): ReadEvent {
  try {
    return { seq, event: AuditEvent.parse(JSON.parse(text)) };
  } catch (cause) {
    return { seq, subject, unreadable: inOneLine(cause) };
  }
}

/** The event as stored, plus `seq`. */
export const eventJson = (read: ReadEvent): string =>
  jsonLine('event' in read ? { seq: read.seq, ...read.event } : read);

/** Whom the event is about. */
export function subjectOf({ of }: AuditEvent): string {
  if (of.entity === 'instance') return `${of.service}/${of.id}`;
  return `${of.host}/${of.agent}`;
}

/** Who did it. */
export const actorOf = ({ actor, of }: AuditEvent): string =>
  actor.run === of.run ? 'itself' : `${actor.host}/${actor.agent}`;

/** A state in the words of its machine: the innermost of each region, and nothing of a clear sight. */
export function stateText(value: StateValue | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return Object.values(value)
    .map(stateText)
    .filter((text) => text !== '' && text !== 'clear')
    .join(' ');
}

/** What led to it: what the event itself says, and what the decision saw. */
export function whyOf({ event, evidence }: AuditEvent): string {
  const { type: _, ...said } = event;
  return [...Object.entries(said), ...Object.entries(evidence ?? {})]
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${words(name)} ${shown(name, value)}`)
    .join(', ');
}

const words = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Names that end in `For` are durations: see RunEvidence. */
function shown(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('For')) return `${(value / 1000).toFixed(1)} s`;
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).map(([part, of]) => `${words(part)} ${shown(part, of)}`);
  return `(${parts.join(', ')})`;
}
