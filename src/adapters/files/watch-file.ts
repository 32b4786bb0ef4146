import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Millis, MonotonicTime } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** Programs write a file in several steps; a read between them would see an incomplete file. */
const settleFor: Millis = 500;

/** A file that may have changed. */
export interface FileNotice {
  /**
   * How long the file has not changed. Infinite if it was replaced by a rename, which is one step, or has
   * not changed since the watch began.
   */
  readonly stillFor: Millis;
}

/**
 * Yields when a file may have changed and is not changing any more: on a notification of its directory, and at least
 * every `every`, because notifications can be lost, and network file systems send none.
 */
export async function* watchFile(
  file: string,
  every: Millis,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<FileNotice, void, undefined> {
  let wake = new AbortController();
  const watcher = watchDirectory(file, () => wake.abort());
  const changes = new ChangeClock(file, clock);
  await changes.look();
  try {
    while (!signal.aborted) {
      await clock.sleep(every, AbortSignal.any([signal, wake.signal]));
      wake = new AbortController();
      while ((await changes.look()) < settleFor && !signal.aborted) {
        await clock.sleep(settleFor, signal);
      }
      if (!signal.aborted) yield { stillFor: await changes.look() };
    }
  } finally {
    watcher?.close();
  }
}

/** Measures how long a file has not changed. */
class ChangeClock {
  readonly #file: string;
  readonly #clock: Clock;
  #seen: { readonly inode: number; readonly content: string } | undefined;
  #changedAt: MonotonicTime = Number.NEGATIVE_INFINITY;

  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
  }

  async look(): Promise<Millis> {
    const now = await stat(this.#file).then(
      ({ ino, size, mtimeMs }) => ({ inode: ino, content: `${size} ${mtimeMs}` }),
      () => undefined,
    );
    const before = this.#seen;
    this.#seen = now;
    if (before !== undefined && now?.inode !== before.inode) {
      this.#changedAt = Number.NEGATIVE_INFINITY;
    } else if (before !== undefined && now?.content !== before.content) {
      this.#changedAt = this.#clock.monotonic();
    }
    return this.#clock.monotonic() - this.#changedAt;
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
