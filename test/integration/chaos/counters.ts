import type { Outcome } from './faults/server-faults.ts';

/** Counts the steps that were done, by kind, and those that were skipped, with the reason. */
export class Tally {
  readonly done: Record<string, number> = {};
  readonly not: Record<string, number> = {};

  take(what: string, outcome: Outcome): void {
    if ('done' in outcome) this.done[what] = (this.done[what] ?? 0) + 1;
    else this.omit(what, outcome.not);
  }

  omit(what: string, why: string): void {
    const key = `${what}: ${why}`;
    this.not[key] = (this.not[key] ?? 0) + 1;
  }
}
