import type { StateValue } from '../domain/events.ts';
import type { Recorded } from '../domain/recorded.ts';
import type { Revision } from '../domain/time.ts';

/** Where a chain stands after an event of it. */
export interface ChainState {
  readonly seq: Revision;
  readonly n: number;
  readonly hash: string;
  readonly value: StateValue;
  readonly context?: unknown;
  readonly done: boolean;
  /** The context is not known: the chain began before the history, or lost events of its own. */
  readonly unsure?: boolean;
}

/** What a history keeps in mind of chains that have ended: enough to know one that goes on. */
const endedAtMost = 100_000;

/**
 * The chains of a history as far as it was read.
 *
 * Bounded: of the chains that have ended only the latest are kept. A chain that goes on after more
 * than {@link endedAtMost} others have ended can't be told from one that lost its beginning.
 */
export class Chains {
  readonly #open = new Map<string, ChainState>();
  readonly #ended = new Map<string, ChainState>();
  #forgotten = 0;

  get(name: string): ChainState | undefined {
    return this.#open.get(name) ?? this.#ended.get(name);
  }

  set(name: string, state: ChainState): void {
    this.#ended.delete(name);
    if (!state.done) {
      this.#open.set(name, state);
      return;
    }
    this.#open.delete(name);
    this.#ended.set(name, state);
    if (this.#ended.size <= endedAtMost) return;
    const oldest = this.#ended.keys().next();
    if (!oldest.done) this.#ended.delete(oldest.value);
    this.#forgotten += 1;
  }

  /** The chains that have not ended. */
  get open(): ReadonlyMap<string, ChainState> {
    return this.#open;
  }

  /** Those of the chains that have ended that are kept in mind, the latest last. */
  get ended(): ReadonlyMap<string, ChainState> {
    return this.#ended;
  }

  /** How many are not kept in mind any more: above 0, an unknown chain may be one of them. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** For a checkpoint. */
  toJSON(): { open: [string, ChainState][]; ended: [string, ChainState][]; forgotten: number } {
    return { open: [...this.#open], ended: [...this.#ended], forgotten: this.#forgotten };
  }

  static from(saved: ReturnType<Chains['toJSON']>): Chains {
    const chains = new Chains();
    for (const [name, state] of saved.open) chains.#open.set(name, state);
    for (const [name, state] of saved.ended) chains.#ended.set(name, state);
    chains.#forgotten = saved.forgotten;
    return chains;
  }
}

/** The name of the chain that an event is stored in: its subject without the number. */
export const storedChain = ({ subject }: Pick<Recorded, 'subject'>): string =>
  subject.slice(0, subject.lastIndexOf('.'));
