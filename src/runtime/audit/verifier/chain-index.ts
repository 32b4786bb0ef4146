import type { AuditEntry } from '../../../domain/events/audit-entry.ts';
import type { StateValue } from '../../../domain/events/event-schema.ts';
import type { Revision } from '../../../domain/time.ts';

/** The state of a chain after one of its events. */
export interface ChainState {
  readonly seq: Revision;
  readonly n: number;
  readonly hash: string;
  readonly value: StateValue;
  readonly context?: unknown;
  readonly done: boolean;
  /** The context is not known: the chain began before the history, or lost events. */
  readonly unsure?: boolean;
  /** The store may have lost the next events of this process. */
  readonly mayLack?: boolean;
  /**
   * Of the chains of a process itself: the public key that it introduced with the first event; null: it
   * does not sign.
   */
  readonly key?: string | null;
}

/** Largest number of chains kept that may never get another event, per kind. */
const maxChains = 20_000;

/**
 * The chains of a history as far as it was read.
 *
 * Its size is bounded by the existing records: of ended chains only the latest are kept, and
 * likewise of processes whose run does not hold its slot, which may have died without a final
 * event. Of the ended chains only those of instances can continue, and only while their run does. A
 * forgotten chain that may continue looks like one that lost its beginning.
 */
export class ChainIndex {
  readonly #open = new Map<string, ChainState>();
  readonly #loose = new Map<string, ChainState>();
  readonly #ended = new Map<string, ChainState>();
  /** Active runs of which an ended chain was forgotten. */
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
      if (isOfProcess(name) && !this.#open.has(runOf(name))) this.#addLoose(name, state);
      else this.#open.set(name, state);
      return;
    }
    this.#open.delete(name);
    this.#end(name, state);
    if (name === runOf(name)) this.#endRun(name);
  }

  /** Whether an unknown chain may have begun, and ended, long ago. */
  mayHaveBegun(name: string): boolean {
    if (this.#lost > 0 && isOfProcess(name)) return true;
    return this.#forgetful.size > 0 && this.#forgetful.has(runOf(name));
  }

  /** The chains that have not ended. */
  get open(): ReadonlyMap<string, ChainState> {
    return this.#open;
  }

  /** Chains of processes that have not ended, and whose run has ended or never had its slot. */
  get loose(): ReadonlyMap<string, ChainState> {
    return this.#loose;
  }

  /** The ended chains that are kept, the latest last. */
  get ended(): ReadonlyMap<string, ChainState> {
    return this.#ended;
  }

  get forgetful(): ReadonlySet<string> {
    return this.#forgetful;
  }

  /** Number of process chains that were dropped: they had no event for long. */
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

  static from(checkpoint: ReturnType<ChainIndex['toJSON']>): ChainIndex {
    const chains = new ChainIndex();
    for (const [name, state] of checkpoint.open) chains.#open.set(name, state);
    for (const [name, state] of checkpoint.loose) chains.#loose.set(name, state);
    for (const [name, state] of checkpoint.ended) chains.#ended.set(name, state);
    for (const run of checkpoint.forgetful) chains.#forgetful.add(run);
    chains.#lost = checkpoint.lost;
    return chains;
  }

  /**
   * The chains of records as they were at a checkpoint. Chains of processes stay as they are: a process
   * remembers its own chain, whatever the store has lost. But the store may have lost events of theirs.
   */
  backTo(checkpoint: ReturnType<ChainIndex['toJSON']>): ChainIndex {
    const chains = ChainIndex.from(checkpoint);
    for (const [name, state] of [...this.#ended, ...this.#loose, ...this.#open]) {
      if (isOfProcess(name)) chains.set(name, { ...state, mayLack: true });
      else if (isOfStore(name)) chains.set(name, state);
    }
    chains.#lost = Math.max(1, this.#lost);
    return chains;
  }

  #addLoose(name: string, state: ChainState): void {
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
      this.#addLoose(name, state);
    }
  }
}

/** Removes the oldest entry if there are too many; returns its name. */
function dropOldest(of: Map<string, ChainState>): string | undefined {
  if (of.size <= maxChains) return undefined;
  const { value } = of.keys().next();
  if (value !== undefined) of.delete(value);
  return value;
}

/** The name of the chain that an event is stored in: its subject without the number. */
export const chainOfSubject = ({ subject }: Pick<AuditEntry, 'subject'>): string =>
  subject.slice(0, subject.lastIndexOf('.'));

/** The name of the chain of the run that a chain belongs to. */
const runOf = (name: string): string => name.split('.', 3).join('.');

const isOfStore = (name: string): boolean => name.startsWith('=fleet.=store.');

const isOfProcess = (name: string): boolean =>
  (name.endsWith('.session') || name.endsWith('.collector')) && name.split('.').length === 4;
