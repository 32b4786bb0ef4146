/**
 * Whether a process does now what it was started for: the answer of `/readyz`. Each part of the process reports
 * what keeps it from that.
 */
export class Readiness {
  readonly #obstacles = new Map<string, string>([['start', 'it is starting']]);

  /** `why`: a clause for people; undefined when nothing is in the way any more. `start` is the first part. */
  report(part: string, why: string | undefined): void {
    if (why === undefined) this.#obstacles.delete(part);
    else this.#obstacles.set(part, why);
  }

  /** What is in the way, a clause each. Empty: the process is ready. */
  get obstacles(): readonly string[] {
    return [...this.#obstacles.values()];
  }
}
