import { type AuditEntry, atStoredTime, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import { type AuditEvent, isOfSlot } from '../../domain/events/event-schema.ts';
import { runSubject } from '../../domain/events/event-subjects.ts';
import { type OwnerDoubt, ownerDoubt } from '../../domain/events/owner-doubt.ts';
import type { Revision } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';

/** A transition of the owner of an instance, which made the instance dubious or no longer dubious. */
export interface OwnerTransition {
  readonly entry: AuditEntry;
  readonly doubt: OwnerDoubt;
}

/** While these events of its own chain stand, an owner has the instance. */
interface Ownership {
  readonly of: AuditEvent['of'];
  readonly from: Revision;
  to: Revision;
}

/** The transitions of the owners of an instance, by its own events, oldest first. */
export async function ownerTransitions(
  history: History,
  own: readonly AuditEntry[],
): Promise<readonly OwnerTransition[]> {
  const found: OwnerTransition[] = [];
  for (const { of, from, to } of ownerships(own)) {
    if (!isOfSlot(of)) continue;
    for await (const stored of history.read(from, [`${runSubject(of)}.*`])) {
      if (stored.seq > to) break;
      const entry = parseAuditEvent(stored);
      const doubt = entry.kind === 'event' ? ownerDoubt(entry.event) : undefined;
      if (entry.kind === 'event' && doubt) found.push({ entry: atStoredTime(entry), doubt });
    }
  }
  return found.toSorted((a, b) => a.entry.seq - b.entry.seq);
}

function ownerships(own: readonly AuditEntry[]): readonly Ownership[] {
  const open = new Map<string, Ownership>();
  const all: Ownership[] = [];
  for (const { event, seq } of own) {
    const known = open.get(event.of.run);
    const one = known ?? { of: event.of, from: seq, to: Number.POSITIVE_INFINITY };
    if (!known) all.push(one);
    open.set(event.of.run, one);
    if (event.to === 'removed' || event.to === 'adopted') {
      one.to = seq;
      open.delete(event.of.run);
    }
  }
  return all;
}
