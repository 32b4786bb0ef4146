/**
 * Collects the unforeseen failures of tasks that nothing waits for. Without it, such a failure would be an
 * unhandled rejection, which ends the whole process, also that of a program that only uses the library.
 */
export class BackgroundFailure {
  readonly #failed = Promise.withResolvers<never>();

  constructor() {
    this.#failed.promise.catch(() => {});
  }

  /** Rejects with the first failure; never resolves. */
  get promise(): Promise<never> {
    return this.#failed.promise;
  }

  /** Runs a task in the background. */
  run(task: Promise<unknown>): void {
    task.catch(this.#failed.reject);
  }
}
