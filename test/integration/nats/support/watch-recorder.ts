import type { Revision } from '../../../../src/domain/time.ts';
import type { WatchEvent } from '../../../../src/ports/watch.ts';

interface Watchable {
  watch(filters: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent>;
}

/** Reads a watch without delay and records its events and the resulting view. */
export class WatchRecorder implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #reading: Promise<void>;
  readonly #counts = new Map<WatchEvent['kind'], number>();
  readonly #view = new Map<string, Revision>();
  readonly #arrivals: { readonly key: string; readonly revision: Revision; readonly at: number }[] =
    [];
  upTo: Revision = 0;
  /** Why the last snapshot was taken; undefined for the first one. */
  lastWhy: string | undefined;

  constructor(source: Watchable, filters: readonly string[]) {
    this.#reading = this.#read(source, filters);
  }

  /** The existing keys in the order of their revisions. */
  get keys(): readonly string[] {
    return [...this.#view].toSorted(([, a], [, b]) => a - b).map(([key]) => key);
  }

  /** All changes in the order of their arrival. */
  get arrivals(): readonly {
    readonly key: string;
    readonly revision: Revision;
    readonly at: number;
  }[] {
    return this.#arrivals;
  }

  countOf(kind: WatchEvent['kind']): number {
    return this.#counts.get(kind) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#reading;
  }

  async #read(source: Watchable, filters: readonly string[]): Promise<void> {
    for await (const event of source.watch(filters, this.#ending.signal)) {
      this.#counts.set(event.kind, this.countOf(event.kind) + 1);
      if (event.kind === 'heartbeat' || event.kind === 'stale') continue;
      if (event.kind === 'snapshot') {
        this.#view.clear();
        this.lastWhy = event.why;
      }
      for (const { key, revision, text } of event.entries) {
        if (revision > event.upTo) throw new Error(`${key} at ${revision} is after ${event.upTo}`);
        if (text === undefined) this.#view.delete(key);
        else this.#view.set(key, revision);
        if (event.kind === 'snapshot') continue;
        if (revision <= this.upTo) throw new Error(`${key} at ${revision} came after ${this.upTo}`);
        this.#arrivals.push({ key, revision, at: performance.now() });
        this.upTo = revision;
      }
      this.upTo = event.upTo;
    }
  }
}
