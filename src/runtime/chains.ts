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
const endedAtMost = 20_000;

/**
 * The chains of a history as far as it was read.
 *
 * Bounded: of the chains that have ended only the latest are kept. Only those of instances ever go on,
 * and only while their run does: where one of a run that goes on was forgotten, an unknown chain of that
 * run can't be told from one that lost its beginning.
 */
export class Chains {
  readonly #open = new Map<string, ChainState>();
  readonly #ended = new Map<string, ChainState>();
  /** Runs that go on and of which a chain that has ended was forgotten. */
  readonly #forgetful = new Set<string>();

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
    this.#forgetful.delete(name);
    this.#ended.set(name, state);
    const oldest = this.#ended.keys().next();
    if (this.#ended.size <= endedAtMost || oldest.done) return;
    this.#ended.delete(oldest.value);
    const run = runOf(oldest.value);
    if (this.#open.has(run)) this.#forgetful.add(run);
  }

  /** Whether a chain that is not known may have begun, and ended, long ago. */
  mayHaveBegun(name: string): boolean {
    return this.#forgetful.size > 0 && this.#forgetful.has(runOf(name));
  }

  /** The chains that have not ended. */
  get open(): ReadonlyMap<string, ChainState> {
    return this.#open;
  }

  /** Those of the chains that have ended that are kept in mind, the latest last. */
  get ended(): ReadonlyMap<string, ChainState> {
    return this.#ended;
  }

  get forgetful(): ReadonlySet<string> {
    return this.#forgetful;
  }

  /** For a checkpoint. */
  toJSON(): {
    open: [string, ChainState][];
    ended: [string, ChainState][];
    forgetful: string[];
  } {
    return { open: [...this.#open], ended: [...this.#ended], forgetful: [...this.#forgetful] };
  }

  static from(saved: ReturnType<Chains['toJSON']>): Chains {
    const chains = new Chains();
    for (const [name, state] of saved.open) chains.#open.set(name, state);
    for (const [name, state] of saved.ended) chains.#ended.set(name, state);
    for (const run of saved.forgetful) chains.#forgetful.add(run);
    return chains;
  }
}

/** The name of the chain that an event is stored in: its subject without the number. */
export const storedChain = ({ subject }: Pick<Recorded, 'subject'>): string =>
  subject.slice(0, subject.lastIndexOf('.'));

/** The name of the chain of the run that a chain belongs to. */
const runOf = (name: string): string => name.split('.', 3).join('.');
