import type { AuditEntry } from '../../domain/events/audit-entry.ts';
import type { Actor, Slot } from '../../domain/identity/names.ts';
import type { WallTime } from '../../domain/time.ts';
import { formatRounded, when } from '../terminal/format-time.ts';

/** `at 12:03:10 UTC (22 s ago)`, with the date if it is not today. */
export const formatAt = (then: WallTime, now: WallTime): string =>
  `at ${when(then, now)} (${formatRounded(Math.max(0, now - then))} ago)`;

/** `since 12:03:10 UTC (22 s)`. */
export const formatSince = (then: WallTime, now: WallTime): string =>
  formatAt(then, now)
    .replace(/^at /, 'since ')
    .replace(/ ago\)$/, ')');

/** `in 8 s`; `at any moment` for the past. */
export const formatIn = (then: WallTime, now: WallTime): string =>
  then > now ? `in ${formatRounded(Math.max(1000, then - now))}` : 'at any moment';

/** `for 3 h`. */
export const formatFor = (from: WallTime, to: WallTime): string =>
  `for ${formatRounded(Math.max(0, to - from))}`;

export const slotName = ({ host, agent }: Slot | Actor): string => `${host}/${agent}`;

/**
 * Who wrote an event that ends or doubts what another run owns: `the collector in HOST/AGENT`, because an agent with a
 * seat has its own name there; an operator; or the next run of the slot.
 */
export function actorName({ of, actor, evidence }: AuditEntry['event']): string {
  const name = slotName(actor);
  if (evidence?.['through'] === 'gc remove') return `the operator ${name}`;
  const isNextRun = 'agent' in of && slotName(actor) === `${of.host}/${of.agent}`;
  return isNextRun && evidence?.['taken'] !== undefined ? name : `the collector in ${name}`;
}

/** Reference to the event: `#1234`. */
export const eventReference = ({ seq }: AuditEntry): string => `#${seq}`;
