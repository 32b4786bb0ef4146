import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import { type Millis, minutes } from '../../../domain/time.ts';

/**
 * From this difference on, the time in an event does not fit to when the store received it. Clocks that
 * are synchronized differ by less than a second; a commit that waits for the store gives up sooner.
 */
const clockTolerance: Millis = minutes(5);

/**
 * Whether the own time of an event and the time when it was stored are minutes apart. Events of a process
 * wait while the store does not answer, so they may be stored much later; never earlier.
 */
export function isClockApart({ event, storedAt }: AuditEntry): boolean {
  const late = storedAt - event.at;
  const mayWait = event.of.entity === 'session' || event.of.entity === 'collector';
  return -late >= clockTolerance || (!mayWait && late >= clockTolerance);
}
