import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** Editors save in several steps; a read between them would see an incomplete file. */
const settleFor: Millis = 50;

/**
 * Yields when a file may have changed: on a notification of its directory, and at least every `every`,
 * because notifications can be lost, and network file systems send none.
 */
export async function* watchFile(
  file: string,
  every: Millis,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  let wake = new AbortController();
  const watcher = watchDirectory(file, () => wake.abort());
  try {
    while (!signal.aborted) {
      await clock.sleep(every, AbortSignal.any([signal, wake.signal]));
      if (wake.signal.aborted) await clock.sleep(settleFor, signal);
      wake = new AbortController();
      if (!signal.aborted) yield;
    }
  } finally {
    watcher?.close();
  }
}

/** Watches the directory, because a watch on the file ends when a rename replaces the file. */
function watchDirectory(file: string, notify: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(file), (_, name) => {
      if (name === null || name === basename(file)) notify();
    });
    // Without notifications the interval remains.
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
