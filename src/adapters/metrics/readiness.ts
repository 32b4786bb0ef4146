/**
 * Whether a process does now what it was started for: the answer of `/readyz`. Each part of the process reports
 * what keeps it from that.
 */
export class Readiness {
  readonly #obstacles = new Map<string, string>([['start', 'it is starting']]);
  readonly #warnings = new Map<string, string>();

  /** `why`: a clause for people; undefined when nothing is in the way any more. `start` is the first part. */
  report(part: string, why: string | undefined): void {
    if (why === undefined) this.#obstacles.delete(part);
    else this.#obstacles.set(part, why);
  }

  /** `what`: a clause about something that is wrong although the process is ready; undefined when it is over. */
  warn(part: string, what: string | undefined): void {
    if (what === undefined) this.#warnings.delete(part);
    else this.#warnings.set(part, what);
  }

  get warnings(): readonly string[] {
    return [...this.#warnings.values()];
  }

  /** What is in the way, a clause each. Empty: the process is ready. */
  get obstacles(): readonly string[] {
    return [...this.#obstacles.values()];
  }
}
