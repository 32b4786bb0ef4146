interface Entry<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  /** Requests that wait for the result. */
  waiting: number;
  isOver: boolean;
}

/** Results of long work that never change. Requests for the same result share one run of the work. */
export class SharedWork<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #most: number;

  /** `most`: how many results are kept, the last used. */
  constructor(most: number) {
    this.#most = most;
  }

  /** `signal`: the request is over. Work that no request waits for is aborted, and its result forgotten. */
  get(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key) ?? this.#start(key, work);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#most) {
      const [oldest = ''] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    entry.waiting += 1;
    const leave = () => {
      entry.waiting -= 1;
      if (entry.waiting > 0 || entry.isOver) return;
      this.#forget(key, entry);
      entry.stop.abort();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return entry.result;
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const stop = new AbortController();
    const entry = { result: work(stop.signal), stop, waiting: 0, isOver: false };
    entry.result
      .catch(() => this.#forget(key, entry))
      .finally(() => {
        entry.isOver = true;
      });
    return entry;
  }

  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }
}
