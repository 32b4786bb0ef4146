import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import type { StateValue } from '../../../domain/events/event-schema.ts';
import type { Revision } from '../../../domain/time.ts';

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

/** How many chains of each kind are kept in mind that may never be heard of again. */
const keptAtMost = 20_000;

/**
 * The chains of a history as far as it was read.
 *
 * Bounded by what stands: of the chains that have ended only the latest are kept, and of those of
 * processes whose run does not hold its slot (any more), which may have died without a word. Of the
 * ended ones only those of instances ever go on, and only while their run does. What may go on and was
 * forgotten can't be told from a chain that lost its beginning.
 */
export class ChainIndex {
  readonly #open = new Map<string, ChainState>();
  readonly #loose = new Map<string, ChainState>();
  readonly #ended = new Map<string, ChainState>();
  /** Runs that go on and of which a chain that has ended was forgotten. */
  readonly #forgetful = new Set<string>();
  #lost = 0;

  get(name: string): ChainState | undefined {
    return this.#open.get(name) ?? this.#loose.get(name) ?? this.#ended.get(name);
  }

  set(name: string, state: ChainState): void {
    if (!state.done && this.#open.has(name)) {
      this.#open.set(name, state);
      return;
    }
    this.#ended.delete(name);
    this.#loose.delete(name);
    if (!state.done) {
      if (isOfProcess(name) && !this.#open.has(runOf(name))) this.#letLoose(name, state);
      else this.#open.set(name, state);
      return;
    }
    this.#open.delete(name);
    this.#end(name, state);
    if (name === runOf(name)) this.#endRun(name);
  }

  /** Whether a chain that is not known may have begun, and ended, long ago. */
  mayHaveBegun(name: string): boolean {
    if (this.#lost > 0 && isOfProcess(name)) return true;
    return this.#forgetful.size > 0 && this.#forgetful.has(runOf(name));
  }

  /** The chains that have not ended. */
  get open(): ReadonlyMap<string, ChainState> {
    return this.#open;
  }

  /** Those of processes that have not ended, and whose run has, or never held its slot. */
  get loose(): ReadonlyMap<string, ChainState> {
    return this.#loose;
  }

  /** Those of the chains that have ended that are kept in mind, the latest last. */
  get ended(): ReadonlyMap<string, ChainState> {
    return this.#ended;
  }

  get forgetful(): ReadonlySet<string> {
    return this.#forgetful;
  }

  /** How many chains of processes were given up: nothing was heard of them for long. */
  get lost(): number {
    return this.#lost;
  }

  /** For a checkpoint. */
  toJSON() {
    return {
      open: [...this.#open],
      loose: [...this.#loose],
      ended: [...this.#ended],
      forgetful: [...this.#forgetful],
      lost: this.#lost,
    };
  }

  static from(saved: ReturnType<ChainIndex['toJSON']>): ChainIndex {
    const chains = new ChainIndex();
    for (const [name, state] of saved.open) chains.#open.set(name, state);
    for (const [name, state] of saved.loose) chains.#loose.set(name, state);
    for (const [name, state] of saved.ended) chains.#ended.set(name, state);
    for (const run of saved.forgetful) chains.#forgetful.add(run);
    chains.#lost = saved.lost;
    return chains;
  }

  #letLoose(name: string, state: ChainState): void {
    this.#loose.set(name, state);
    if (dropOldest(this.#loose) !== undefined) this.#lost += 1;
  }

  #end(name: string, state: ChainState): void {
    this.#ended.set(name, state);
    const oldest = dropOldest(this.#ended);
    if (oldest !== undefined && this.#open.has(runOf(oldest))) this.#forgetful.add(runOf(oldest));
  }

  #endRun(run: string): void {
    this.#forgetful.delete(run);
    for (const name of [`${run}.session`, `${run}.collector`]) {
      const state = this.#open.get(name);
      if (!state) continue;
      this.#open.delete(name);
      this.#letLoose(name, state);
    }
  }
}

/** Takes the oldest out where there are too many; returns its name. */
function dropOldest(of: Map<string, ChainState>): string | undefined {
  if (of.size <= keptAtMost) return undefined;
  const { value } = of.keys().next();
  if (value !== undefined) of.delete(value);
  return value;
}

/** The name of the chain that an event is stored in: its subject without the number. */
export const chainOfSubject = ({ subject }: Pick<AuditEntry, 'subject'>): string =>
  subject.slice(0, subject.lastIndexOf('.'));

/** The name of the chain of the run that a chain belongs to. */
const runOf = (name: string): string => name.split('.', 3).join('.');

const isOfProcess = (name: string): boolean =>
  (name.endsWith('.session') || name.endsWith('.collector')) && name.split('.').length === 4;
