import { openStore } from '../composition/store/open-store.ts';
import { OpeningFailures } from '../composition/store/opening-failures.ts';
import { OpeningPatience } from '../composition/store/opening-patience.ts';
import { systemAdapters } from '../composition/system-adapters.ts';
import { Fault, type FaultCode } from '../domain/fault.ts';
import type { RunRef } from '../domain/identity/names.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { MissingNamespace } from './options.ts';

const longestAnswer: Millis = seconds(5);
/** The shortest time between two attempts. */
const shortestPause: Millis = seconds(0.25);

/**
 * Opens the store, and tries again until `within` has passed: a server that is still starting refuses
 * connections, and one that thousands dial at once has no time for all of them.
 * @throws {Fault} as `openStore`; its `cause` is the reason of the signal if that aborts
 */
export async function openRepeatedly(
  access: Parameters<typeof openStore>[0],
  {
    as,
    signal,
    within,
  }: { readonly as: RunRef | string; readonly signal: AbortSignal; readonly within: Millis },
  missing: MissingNamespace,
): ReturnType<typeof openStore> {
  const { sleep } = systemAdapters.clock;
  const passing: readonly FaultCode[] = [
    'store-unavailable',
    ...(missing === 'wait' ? (['not-found'] as const) : []),
  ];
  const create = missing === 'create';
  // A later call has its own limit: a renewal that waited as long as a patient start would outlive its lease.
  const answerWithin = Math.min(within, longestAnswer);
  const patience = new OpeningPatience(seconds(60), shortestPause);
  using all = patience.measure(within);
  let left = within;
  const failures = new OpeningFailures();
  for (;;) {
    using one = patience.measure();
    const attempt = Math.min(left, patience.within);
    try {
      return await openStore(access, { as, signal, within: attempt, answerWithin, create });
    } catch (cause) {
      if (signal.aborted) throw stopped('connecting', signal);
      left = within - all.elapsed;
      // Never more than half of what is left: the next attempt needs time too.
      const longestPause = Math.max(shortestPause, left / 2);
      const pause = Math.min(longestPause, patience.pauseAfter(one.elapsed));
      left = Math.floor(left - pause);
      if (!(cause instanceof Fault) || !passing.includes(cause.code)) throw cause;
      failures.add(cause, { within: attempt, elapsed: one.elapsed });
      if (left <= 0) throw failures.telling ?? cause;
      await sleep(pause, signal);
    }
  }
}

/** What an aborted signal ends with; its `cause` is the reason of the signal. */
export const stopped = (what: string, signal: AbortSignal): Fault =>
  new Fault('store-unavailable', `stopped while ${what}, because the signal was aborted`, {
    cause: signal.reason,
  });

/** The result, unless the signal aborts before it is there. @throws {Fault} `store-unavailable`, and those of the result */
export async function unlessAborted<T>(
  result: Promise<T>,
  what: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return result;
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(stopped(what, signal));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
