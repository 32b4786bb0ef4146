import { setTimeout as pause } from 'node:timers/promises';
import type { DubiousReason } from '../domain/fleet/directory-rows.ts';
import type { RunRef } from '../domain/identity/names.ts';
import { type Millis, type Monotonic, seconds } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import { Directory, type DirectoryChange } from '../runtime/directory/directory.ts';

export interface Doubted {
  readonly at: Monotonic;
  readonly reason: DubiousReason;
}

/** A consumer that notes when it is told of each run for the first time: that it is live, dubious. */
export class DubiousWatch implements AsyncDisposable {
  readonly #live = new Set<string>();
  readonly #dubious = new Map<string, Doubted>();
  readonly #directory: Directory;

  constructor(ports: Ports) {
    this.#directory = new Directory(ports, {
      seatsEvery: seconds(15),
      onChange: (changes) => this.#take(changes),
    });
  }

  /** Waits until it has heard of all of them. */
  async live(runs: readonly RunRef[], signal: AbortSignal): Promise<void> {
    while (!runs.every(({ run }) => this.#live.has(run))) await pause(50, undefined, { signal });
  }

  /** When each of them became dubious, in their order. */
  async doubted(
    runs: readonly RunRef[],
    { within, signal }: { readonly within: Millis; readonly signal: AbortSignal },
  ): Promise<readonly Doubted[]> {
    const until = performance.now() + within;
    for (;;) {
      const seen = runs.flatMap(({ run }) => this.#dubious.get(run) ?? []);
      if (seen.length === runs.length) return seen;
      if (performance.now() > until) {
        throw new Error(`${runs.length - seen.length} of ${runs.length} dead runs still look live`);
      }
      await pause(50, undefined, { signal });
    }
  }

  /** How many of these were ever dubious. */
  doubts(runs: readonly RunRef[]): number {
    return runs.filter(({ run }) => this.#dubious.has(run)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }

  #take(changes: readonly DirectoryChange[]): void {
    const at = performance.now();
    for (const { now } of changes) {
      if (now?.state === 'live') this.#live.add(now.run);
      if (now?.reason != null && !this.#dubious.has(now.run)) {
        this.#dubious.set(now.run, { at, reason: now.reason });
      }
    }
  }
}

/** `unreachable: 30, silent: 1`. */
export function countReasons(doubts: readonly Doubted[]): string {
  const counts = new Map<DubiousReason, number>();
  for (const { reason } of doubts) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${reason}: ${count}`).join(', ');
}
