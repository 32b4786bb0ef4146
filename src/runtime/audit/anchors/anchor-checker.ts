import type { Anchor, HistoryPosition } from '../../../domain/replay/anchor.ts';
import type { Divergence } from '../../../domain/replay/divergence.ts';
import type { Revision } from '../../../domain/time.ts';

/** What the anchors of a verification show. */
export interface AnchorReport {
  /** Anchors with the digest of the history. */
  readonly agreed: number;
  /** Anchors from before the state where the verification began: they could not be compared. */
  readonly unchecked: number;
  /** The last event that an agreeing anchor includes; 0: none. */
  readonly anchoredTo: Revision;
}

/** Compares a history that is read event by event with anchors from outside. */
export class AnchorChecker {
  readonly #pending: Anchor[];
  readonly #report: (divergence: Divergence) => void;
  #agreed = 0;
  #disagreed = 0;
  readonly #unchecked: Anchor[] = [];
  #anchoredTo: Revision = 0;

  constructor(anchors: readonly Anchor[], report: (divergence: Divergence) => void) {
    this.#pending = anchors.toSorted((a, b) => a.seq - b.seq);
    this.#report = report;
  }

  get result(): AnchorReport {
    return {
      agreed: this.#agreed,
      unchecked: this.#unchecked.length,
      anchoredTo: this.#anchoredTo,
    };
  }

  /** The verification begins after this event: what is anchored before it cannot be compared. */
  beginAfter(position: HistoryPosition): void {
    this.#unchecked.push(...this.#takeBefore(position.seq));
    this.pass(position);
  }

  /** The history was read up to here. */
  pass(position: HistoryPosition): void {
    for (const anchor of this.#takeBefore(position.seq + 1)) this.#compare(anchor, position);
  }

  /**
   * The history ends here. `isDigestKnown`: whether it began with its first event, or from a state with a
   * digest. `isResumed`: from a checkpoint of the user, who compared older anchors before.
   *
   * A history that begins after all anchors is a divergence: an attacker who rewrites the history could
   * claim that everything before was trimmed.
   */
  end({ seq }: HistoryPosition, isDigestKnown: boolean, isResumed: boolean): void {
    if (!isDigestKnown) this.#unchecked.push(...this.#takeBefore(seq + 1));
    for (const anchor of this.#pending.splice(0)) {
      const found = `the history ends at event ${seq}: it was cut off, or the file is older`;
      this.#say(anchor, `event ${anchor.seq}`, found);
    }
    const last = this.#unchecked.at(-1);
    if (last === undefined || isResumed || this.#agreed + this.#disagreed > 0) return;
    this.#say(last, 'an anchor that can be compared', 'a history that begins after all of them');
  }

  #compare(anchor: Anchor, { digest }: HistoryPosition): void {
    if (anchor.digest !== digest) {
      this.#say(anchor, `digest ${anchor.digest}`, `digest ${digest}: it was written anew`);
      return;
    }
    this.#agreed += 1;
    this.#anchoredTo = anchor.seq;
  }

  #say(anchor: Anchor, expected: string, found: string): void {
    this.#disagreed += 1;
    const { seq, by } = anchor;
    const entity = `anchor by ${by.host}/${by.agent} run ${by.run}`;
    this.#report({ seq, entity, check: 'anchor', expected, found });
  }

  #takeBefore(seq: Revision): readonly Anchor[] {
    const [next] = this.#pending;
    if (next === undefined || next.seq >= seq) return [];
    const until = this.#pending.findIndex((anchor) => anchor.seq >= seq);
    return this.#pending.splice(0, until < 0 ? this.#pending.length : until);
  }
}
