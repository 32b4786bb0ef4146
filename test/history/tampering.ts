import type { AuditEvent } from '../../src/domain/events/event-schema.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';

/** The stored event with something in it changed, whoever may do that. */
export function withChange(
  stored: StoredEvent,
  change: (event: AuditEvent) => Partial<Record<keyof AuditEvent, unknown>>,
): StoredEvent {
  const event: AuditEvent = JSON.parse(stored.text);
  return { ...stored, text: JSON.stringify({ ...event, ...change(event) }) };
}

/** The events with one of them changed. */
export const changedAt = (
  events: readonly StoredEvent[],
  seq: number,
  change: (event: AuditEvent) => Partial<Record<keyof AuditEvent, unknown>>,
): StoredEvent[] => events.map((one) => (one.seq === seq ? withChange(one, change) : one));

/** The events without one of them, its place left empty. */
export const without = (events: readonly StoredEvent[], seq: number): StoredEvent[] =>
  events.filter((one) => one.seq !== seq);

/** As if they had been stored one after the other, whatever is in between: no place is empty. */
export const closedUp = (events: readonly StoredEvent[]): StoredEvent[] =>
  events.map((one, at) => ({ ...one, seq: at + 1 }));

/** What stands at two neighbouring places, exchanged; `places`: with their places, or without. */
export function exchanged(
  events: readonly StoredEvent[],
  seq: number,
  { places }: { readonly places: boolean },
): StoredEvent[] {
  const at = events.findIndex((one) => one.seq === seq);
  const [first, second] = [events[at], events[at + 1]];
  if (!first || !second) throw new Error(`there are no two events at ${seq}`);
  const swapped = places
    ? [second, first]
    : [
        { ...first, subject: second.subject, text: second.text },
        { ...second, subject: first.subject, text: first.text },
      ];
  return events.toSpliced(at, 2, ...swapped);
}

/** One more event right behind the last, or behind the one named; the places after it move up. */
export function withOneMore(
  events: readonly StoredEvent[],
  more: Pick<StoredEvent, 'subject' | 'text'>,
  after = events.at(-1)?.seq ?? 0,
): StoredEvent[] {
  const at = events.findIndex((one) => one.seq === after);
  const before = events[at];
  if (!before) throw new Error(`there is no event ${after}`);
  const place = { ...before, origin: before.origin + 0.5 };
  return closedUp(events.toSpliced(at + 1, 0, { ...place, ...more }));
}

export const eventIn = (stored: StoredEvent): AuditEvent => JSON.parse(stored.text);
