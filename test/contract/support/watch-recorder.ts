import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import type { Revision } from '../../../src/domain/time.ts';
import type { WatchEvent } from '../../../src/ports/watch.ts';

/** The events that a watcher got, and the rules of the watch that they broke. */
export class Observed implements AsyncDisposable {
  /** The records, as this watcher knows them. */
  readonly view = new Map<string, KeyValueEntry>();
  /** Every change in the order of the events. */
  readonly changes: KeyValueEntry[] = [];
  readonly kinds: WatchEvent['kind'][] = [];
  /** The broken rules of `ports/watch.ts`. */
  readonly broken: string[] = [];
  upTo: Revision = 0;
  /** Why it was last stale. */
  lastWhy: string | undefined;
  ended = false;
  readonly #stop = new AbortController();
  readonly #end: Promise<void>;

  constructor(watch: (signal: AbortSignal) => AsyncIterable<WatchEvent>) {
    this.#end = this.#listen(watch(this.#stop.signal));
  }

  get entries(): KeyValueEntry[] {
    return [...this.view.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  abort(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.#end;
  }

  async #listen(feed: AsyncIterable<WatchEvent>): Promise<void> {
    for await (const said of feed) {
      const begun = this.kinds.some((kind) => kind !== 'stale') || said.kind === 'stale';
      this.#law(begun || said.kind === 'snapshot', 'starts with a snapshot');
      if (said.kind === 'snapshot') this.#snapshot(said.entries, said.upTo);
      if (said.kind === 'stale') this.lastWhy = said.why;
      if (said.kind === 'changes') this.#change(said.entries, said.upTo);
      this.kinds.push(said.kind);
    }
    this.ended = true;
  }

  #snapshot(entries: readonly KeyValueEntry[], upTo: Revision): void {
    this.view.clear();
    for (const entry of entries) {
      this.#law(entry.text !== undefined, `no tombstone in a snapshot: ${entry.key}`);
      this.#law(entry.revision <= upTo, `a snapshot has passed its entries: ${entry.key}`);
      this.view.set(entry.key, entry);
    }
    this.upTo = upTo;
  }

  #change(entries: readonly KeyValueEntry[], upTo: Revision): void {
    for (const entry of entries) {
      this.#law(entry.revision > this.upTo, `in the order of revisions, none twice: ${entry.key}`);
      this.changes.push(entry);
      if (entry.text === undefined) this.view.delete(entry.key);
      else this.view.set(entry.key, entry);
      this.upTo = entry.revision;
    }
    this.#law(upTo >= this.upTo, 'changes have passed their entries');
    this.upTo = upTo;
  }

  #law(kept: boolean, law: string): void {
    if (!kept) this.broken.push(law);
  }
}
