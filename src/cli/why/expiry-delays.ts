import { type AuditEntry, atStoredTime, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { Slot } from '../../domain/identity/names.ts';
import { agentMapKey } from '../../domain/identity/registry-keys.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import { VerdictEvidence } from '../audit/evidence-text.ts';

/** What kept a silent run from being declared dead, by the events before its expiry. */
export interface ExpiryDelays {
  /** The end of the last hold that covered it while it was silent. Its grace began again then. */
  readonly hold?: AuditEntry;
  /** The brake that was on after its grace, and how much later than its grace it was declared dead. */
  readonly brake?: { readonly start: AuditEntry; readonly zone: string; readonly by: Millis };
}

/** A sweep of a collector may come this much after the end of a grace. */
const sweepWithin: Millis = seconds(2);

export async function expiryDelays(
  history: History,
  slot: Slot,
  expired: AuditEntry,
): Promise<ExpiryDelays> {
  const evidence = VerdictEvidence.safeParse(expired.event.evidence);
  if (!evidence.success) return {};
  const { silentFor, suspectFor, policy, zone } = evidence.data;
  const by = suspectFor - policy.grace;
  const subjects = [
    `${encodeSubjectToken(slot.host)}.=every.*.hold.*`,
    `${agentMapKey(slot)}.*.hold.*`,
    ...(zone ? [`=zone.${encodeSubjectToken(zone.name)}.*.brake.*`] : []),
  ];
  let hold: AuditEntry | undefined;
  let start: AuditEntry | undefined;
  for await (const stored of history.read(0, subjects)) {
    if (stored.seq >= expired.seq) break;
    const read = parseAuditEvent(stored);
    if (read.kind !== 'event') continue;
    const { of, to } = read.event;
    const before = expired.storedAt - read.storedAt;
    if (of.entity === 'hold' && to === 'over' && before <= silentFor) hold = atStoredTime(read);
    if (of.entity === 'brake' && to !== 'released') start ??= read;
    if (of.entity === 'brake' && to === 'released' && before >= by) start = undefined;
  }
  return {
    ...(hold && { hold }),
    ...(start && zone && by > sweepWithin && { brake: { start, zone: zone.name, by } }),
  };
}
