import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Audit } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';

const checkEvery: Millis = seconds(2);

/**
 * Says on stderr, once each, that the store does not answer and that it answers again, until the signal. New
 * events arrive then without a gap.
 */
export async function reportOutages(
  audit: Pick<Audit, 'range'>,
  clock: Pick<Clock, 'sleep'>,
  io: { err(line: string): void },
  signal: AbortSignal,
): Promise<void> {
  let isAway = false;
  while (!signal.aborted) {
    await clock.sleep(checkEvery, signal);
    if (signal.aborted) return;
    const why = await failureOf(audit);
    if (signal.aborted || (why !== undefined) === isAway) continue;
    isAway = why !== undefined;
    io.err(
      isAway
        ? `the store does not answer (${why}): new events are shown when it is back`
        : 'the store answers again',
    );
  }
}

/** Why the audit cannot be read now; undefined: it can. */
async function failureOf(audit: Pick<Audit, 'range'>): Promise<string | undefined> {
  try {
    await audit.range();
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return cause.message;
  }
}
