import { type Millis, seconds } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';

/** Time until the second attempt; it doubles with each one. */
const firstPause: Millis = seconds(1);
const longestPause: Millis = seconds(30);

type Opened = { readonly url: string } & AsyncDisposable;

/** Counts the failed attempts. */
type Counting = Pick<Metrics, 'listenFailed'>;

/** An endpoint that is open, or that is tried again until it is. */
export interface PatientEndpoint extends AsyncDisposable {
  /** Where it listens; undefined while it cannot. */
  readonly url: string | undefined;
}

export interface PatientEvents {
  /** Called after each failed attempt. `isFirst`: for this endpoint. */
  readonly onFailure: (cause: unknown, isFirst: boolean) => void;
  readonly onOpen: (url: string) => void;
}

/**
 * Opens an endpoint that a process can do without: `metrics` or `api`. Returns after the first attempt. If it failed, `open` is
 * called again after 1, 2, 4, up to 30 s, until it succeeds or the endpoint is disposed of: a port that is in
 * use must not keep a service from starting.
 */
export async function openPatiently(
  endpoint: string,
  open: () => Promise<Opened>,
  { clock, metrics }: { readonly clock: Pick<Clock, 'sleep'>; readonly metrics: Counting },
  { onFailure, onOpen }: PatientEvents,
): Promise<PatientEndpoint> {
  const over = new AbortController();
  let opened: Opened | undefined;
  const attempt = async (isFirst: boolean) => {
    try {
      opened = await open();
      onOpen(opened.url);
    } catch (cause) {
      metrics.listenFailed?.(endpoint);
      onFailure(cause, isFirst);
    }
  };
  const tryAgain = async () => {
    for (let pause = firstPause; !opened; pause = Math.min(2 * pause, longestPause)) {
      await clock.sleep(pause, over.signal);
      if (over.signal.aborted) return;
      await attempt(false);
    }
  };
  await attempt(true);
  const trying = tryAgain();
  return {
    get url() {
      return opened?.url;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await trying;
      await opened?.[Symbol.asyncDispose]();
    },
  };
}
