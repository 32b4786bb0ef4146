import type { Fault } from '../../domain/fault.ts';
import type { Millis } from '../../domain/time.ts';

/**
 * The failures of the attempts to open a store, to name one of them in the end. The last attempts have little
 * time: that theirs was over says less than what an earlier one saw.
 */
export class OpeningFailures {
  #missing: Fault | undefined;
  #last: { readonly fault: Fault; readonly within: Millis; readonly isLate: boolean } | undefined;

  /** `within`: the time limit of the attempt; `elapsed`: its duration. */
  add(
    fault: Fault,
    { within, elapsed }: { readonly within: Millis; readonly elapsed: Millis },
  ): void {
    if (fault.code === 'not-found') this.#missing = fault;
    const isLate = elapsed >= within * late;
    const last = this.#last;
    // What ends before its time is over has a reason of its own, and the latest one holds now.
    // A server that was refusing may hang by now: that counts if the attempt had much of the time.
    const isLong = last === undefined || within >= last.within * (last.isLate ? 1 : 0.5);
    if (!isLate || isLong) {
      this.#last = { fault, within, isLate };
    }
  }

  /** That the namespace is missing; otherwise the latest reason, or of the attempts without one, the longest. */
  get telling(): Fault | undefined {
    return this.#missing ?? this.#last?.fault;
  }
}

/** An attempt that took so much of its time ended because that was over. */
const late = 0.9;
