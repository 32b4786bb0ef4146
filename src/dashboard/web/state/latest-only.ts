/**
 * Sends one request at a time. Of the requests that arrive meanwhile, only the newest is sent afterwards.
 * An answer is ignored if a newer request or a cancellation arrived meanwhile.
 */
export class LatestRequest<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #take: (answer: Answer) => void;
  /** The request to send after the current answer. */
  #next: Question | null = null;
  #isBusy = false;
  #isWanted = false;

  constructor(ask: (question: Question) => Promise<Answer>, take: (answer: Answer) => void) {
    this.#ask = ask;
    this.#take = take;
  }

  /** Null: cancels the waiting request. */
  want(question: Question | null): void {
    this.#next = question;
    this.#isWanted = false;
    if (!this.#isBusy) this.#go();
  }

  #go(): void {
    const question = this.#next;
    if (question === null) return;
    this.#next = null;
    this.#isWanted = true;
    this.#isBusy = true;
    void this.#ask(question).then((answer) => {
      this.#isBusy = false;
      if (this.#isWanted) this.#take(answer);
      this.#go();
    });
  }
}
