import { type AuditEntry, describeChain } from '../../../domain/events/audit-entry.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { Revision } from '../../../domain/time.ts';

/** Events that share a signature, and are not all seen yet. */
interface Group {
  readonly size: number;
  readonly seen: Set<number>;
  /** The last event seen. */
  last: { readonly seq: Revision; readonly entity: string };
  /** The commit that this event is part of. */
  commit: number;
}

/** A batch has at most so many messages, so the events of a commit have revisions within it. */
const longestCommit = 1000;
const maxGroups = 10_000;

/**
 * Finds events that are missing from a commit whose other events are there. The events that share a signature
 * are stored together or not at all.
 *
 * What follows a history that is read from the middle on, or one that lost something, may be the rest of a
 * commit: such a rest is not reported.
 */
export class IncompleteCommits {
  readonly #groups = new Map<string, Group>();
  #commit = 0;
  #origin: Revision = 0;
  /** Until this revision a commit may have begun before. */
  #restUntil: Revision = 0;
  #beginsInMiddle = false;

  /** What follows may be the rest of a commit that is not known. */
  beginInMiddle(): void {
    this.#beginsInMiddle = true;
    for (const [sig, { commit }] of this.#groups) {
      if (commit === this.#commit) this.#groups.delete(sig);
    }
  }

  /** Counts one more event. One whose signature does not fit counts too: it is reported anyway. */
  take({ event, seq, origin }: AuditEntry): void {
    if (this.#beginsInMiddle) this.#restUntil = origin + longestCommit;
    this.#beginsInMiddle = false;
    // The events of a commit follow each other directly; a record is between two commits.
    if (origin !== this.#origin + 1) this.#commit += 1;
    this.#origin = origin;
    const { shared, sig } = event;
    if (!shared || sig === undefined) return;
    const last = { seq, entity: describeChain(event.of) };
    const known = this.#groups.get(sig);
    if (!known && shared.index > 0 && origin < this.#restUntil) return;
    const group = known ?? { size: shared.size, seen: new Set(), last, commit: this.#commit };
    group.seen.add(shared.index);
    group.last = last;
    group.commit = this.#commit;
    if (group.seen.size === group.size) this.#groups.delete(sig);
    else if (this.#groups.size < maxGroups) this.#groups.set(sig, group);
  }

  /** The last commit is not reported: its other events may be on their way. */
  divergences(): readonly Divergence[] {
    return [...this.#groups.values()]
      .filter(({ commit }) => commit < this.#commit)
      .map(({ size, seen, last }) => ({
        ...last,
        check: 'signature',
        expected: `all ${size} events that share its signature`,
        found: `${seen.size} of them; event ${firstMissing(seen)} of the commit is missing`,
      }));
  }
}

/** Counted from 1. */
function firstMissing(seen: ReadonlySet<number>): number {
  let index = 0;
  while (seen.has(index)) index += 1;
  return index + 1;
}
