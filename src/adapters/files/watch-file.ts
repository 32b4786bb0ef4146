import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** Editors write, rename and touch in several steps: what is read in between is half a file. */
const settleFor: Millis = 50;

/**
 * Says when a file may have changed: when its directory says so, and in any case every `every`, because
 * a notice can get lost, and over a network file system none comes.
 */
export async function* watchFile(
  file: string,
  every: Millis,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  let wake = new AbortController();
  const notice = () => wake.abort();
  const watcher = watchDirectory(file, notice);
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

/** The directory, because a file that is replaced by a rename is another file. */
function watchDirectory(file: string, notice: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(file), (_, name) => {
      if (name === null || name === basename(file)) notice();
    });
    // Without notices there still is the clock.
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
