import type { Predecessor } from './check-event.ts';

/** An ended chain is continued within the same commit, which has at most 1000 messages. */
const maxPredecessors = 1000;

/** The last event of the chain that last ended for a record, by the key of the record. */
export class Predecessors {
  readonly #ended: Map<string, Predecessor>;

  constructor(ended: Iterable<readonly [string, Predecessor]> = []) {
    this.#ended = new Map(ended);
  }

  get all(): ReadonlyMap<string, Predecessor> {
    return this.#ended;
  }

  /** The next chain of this record may continue the ended one. */
  set(key: string, ended: Predecessor | undefined): void {
    this.#ended.delete(key);
    if (ended === undefined) return;
    this.#ended.set(key, ended);
    const oldest = this.#ended.keys().next();
    if (this.#ended.size > maxPredecessors && !oldest.done) this.#ended.delete(oldest.value);
  }
}
