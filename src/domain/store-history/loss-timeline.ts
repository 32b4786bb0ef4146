import type { Revision } from '../time.ts';
import { needsOperator, type StoreLoss } from './store-loss.ts';

/** What a reader of the history has to do after an event. */
export type Turn<T> =
  /** The registry continued from this earlier state. The changes of the events since then are undone. */
  | { readonly kind: 'back'; readonly to: T }
  /** Events are missing here, or the earlier state is not known: nothing before counts. */
  | { readonly kind: 'unknown' };

/** A place in the history behind which the state is not known: usually the audit lost events there. */
export interface Gap {
  /** The last event before it, by its sequence in the audit; 0: none. */
  readonly after: Revision;
  /** The revision of the first event behind it; undefined: it was not read yet. */
  readonly begun: Revision | undefined;
}

/**
 * The losses of a store along its history.
 *
 * A registry that lost its tail goes on from an earlier state. The audit keeps the events of the lost tail:
 * the history runs into a branch that ends at the loss, and goes on from where the registry was kept. So a
 * reader remembers its state before the first event of the branch, and takes it up again after the last.
 */
export class LossTimeline<T> {
  readonly #losses: readonly StoreLoss[];
  readonly #saved = new Map<StoreLoss, T>();
  readonly #done = new Set<StoreLoss>();
  readonly #begunWithin = new Set<StoreLoss>();
  #gap: Gap | undefined;

  constructor(losses: readonly StoreLoss[] = []) {
    this.#losses = losses.toSorted((a, b) => a.seq - b.seq || a.origin - b.origin);
  }

  /** The last gap of the history as far as it was read; undefined: none. */
  get gap(): Gap | undefined {
    return this.#gap;
  }

  /** The reading begins behind this event: losses before it are already in the state. */
  beginAfter(event: { readonly seq: Revision; readonly origin: Revision }): void {
    for (const loss of this.#losses) {
      if (loss.seq < event.seq) this.#done.add(loss);
      else if (!canContinueFrom(event, [loss])) this.#begunWithin.add(loss);
    }
  }

  /** The next event has this revision. `save` gives the state before it. */
  enter(origin: Revision, save: () => T): void {
    let state: T | undefined;
    if (this.#gap) this.#gap = { ...this.#gap, begun: this.#gap.begun ?? origin };
    for (const loss of this.#losses) {
      if (needsOperator(loss) || this.#done.has(loss) || this.#saved.has(loss)) continue;
      if (origin <= loss.kept || this.#begunWithin.has(loss)) continue;
      state ??= save();
      this.#saved.set(loss, state);
    }
  }

  /** What follows after the event at `seq` with this revision, in the order of the losses. */
  *leave(seq: Revision, origin: Revision): Generator<Turn<T>, void, undefined> {
    for (const loss of this.#losses) {
      if (this.#done.has(loss) || loss.seq > seq) continue;
      this.#done.add(loss);
      const to = this.#saved.get(loss);
      this.#saved.delete(loss);
      if (needsOperator(loss)) yield this.#unknownAfter(seq);
      else if (to !== undefined) yield { kind: 'back', to };
      else if (origin > loss.kept) yield this.#unknownAfter(seq);
    }
  }

  #unknownAfter(seq: Revision): Turn<T> {
    this.#gap = { after: seq, begun: undefined };
    return { kind: 'unknown' };
  }
}

/**
 * Whether a state of the history can be continued: not if it is within a branch that a loss undid, because
 * the state before the branch is not in it.
 */
export const canContinueFrom = (
  { seq, origin }: { readonly seq: Revision; readonly origin: Revision },
  losses: readonly StoreLoss[],
): boolean => losses.every((loss) => needsOperator(loss) || seq > loss.seq || origin <= loss.kept);
