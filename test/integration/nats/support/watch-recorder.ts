import type { Revision } from '../../../../src/domain/time.ts';
import type { WatchEvent } from '../../../../src/ports/watch.ts';

interface Watchable {
  watch(filters: readonly string[], signal: AbortSignal): AsyncIterable<WatchEvent>;
}

/** A watch that is read as fast as it comes, and what it has made of it. */
export class Watched implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #reading: Promise<void>;
  readonly #counts = new Map<WatchEvent['kind'], number>();
  readonly #view = new Map<string, Revision>();
  readonly #arrivals: { readonly key: string; readonly revision: Revision; readonly at: number }[] =
    [];
  upTo: Revision = 0;

  constructor(source: Watchable, filters: readonly string[]) {
    this.#reading = this.#read(source, filters);
  }

  /** The keys that stand, in the order of their revisions. */
  get keys(): readonly string[] {
    return [...this.#view].toSorted(([, a], [, b]) => a - b).map(([key]) => key);
  }

  /** Everything that came as a change, as it came. */
  get arrivals(): readonly {
    readonly key: string;
    readonly revision: Revision;
    readonly at: number;
  }[] {
    return this.#arrivals;
  }

  said(kind: WatchEvent['kind']): number {
    return this.#counts.get(kind) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#reading;
  }

  async #read(source: Watchable, filters: readonly string[]): Promise<void> {
    for await (const feed of source.watch(filters, this.#ending.signal)) {
      this.#counts.set(feed.kind, this.said(feed.kind) + 1);
      if (feed.kind === 'heartbeat' || feed.kind === 'stale') continue;
      if (feed.kind === 'snapshot') this.#view.clear();
      for (const { key, revision, text } of feed.entries) {
        if (revision > feed.upTo) throw new Error(`${key} at ${revision} is after ${feed.upTo}`);
        if (text === undefined) this.#view.delete(key);
        else this.#view.set(key, revision);
        if (feed.kind === 'snapshot') continue;
        if (revision <= this.upTo) throw new Error(`${key} at ${revision} came after ${this.upTo}`);
        this.#arrivals.push({ key, revision, at: performance.now() });
        this.upTo = revision;
      }
      this.upTo = feed.upTo;
    }
  }
}
