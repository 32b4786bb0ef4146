import type { InstanceRow } from '../domain/fleet/directory-rows.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Signal } from './known-options.ts';
import { readOption } from './options.ts';

/** Kept instances end by time, which no change announces. */
const lookEvery: Millis = seconds(1);

type Listen<T> = (listener: (value: T) => void) => () => void;

/** Everything that a listener is called with, from this call on; it ends when `closed` aborts. */
export function valuesFrom<T>(
  listen: Listen<T>,
  closed: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const queue: T[] = [];
  let wake = () => {};
  const stop = listen((value) => {
    queue.push(value);
    wake();
  });
  closed.addEventListener('abort', () => wake(), { once: true });
  return (async function* () {
    try {
      while (!closed.aborted) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop();
    }
  })();
}

/** The end of an iterable: of its directory, or of a reader that has a signal. */
export const endOf = (closed: AbortSignal, signal: AbortSignal | undefined): AbortSignal =>
  readOption('signal', Signal, signal) ? AbortSignal.any([closed, signal as AbortSignal]) : closed;

/** The same values; at the end the reason of the signal is thrown, if that was aborted. */
export async function* orReason<T>(
  values: AsyncGenerator<T, void, undefined>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  yield* values;
  signal?.throwIfAborted();
}

/**
 * The present rows, and again whenever they are others. A reader that is slow gets the latest set, not each
 * one in between.
 */
export async function* setsFrom(
  read: () => readonly InstanceRow[],
  listen: Listen<unknown>,
  closed: AbortSignal,
  clock: Pick<Clock, 'sleep'>,
): AsyncGenerator<readonly InstanceRow[], void, undefined> {
  let changed = Promise.withResolvers<void>();
  const stop = listen(() => changed.resolve());
  let last: string | undefined;
  try {
    while (!closed.aborted) {
      changed = Promise.withResolvers();
      const rows = read();
      const text = JSON.stringify(rows);
      if (text !== last) {
        last = text;
        yield rows;
        // The reader was away: what changed meanwhile is looked at now.
        continue;
      }
      const woken = new AbortController();
      await Promise.race([
        changed.promise,
        clock.sleep(lookEvery, AbortSignal.any([closed, woken.signal])),
      ]);
      woken.abort();
    }
  } finally {
    stop();
  }
}
