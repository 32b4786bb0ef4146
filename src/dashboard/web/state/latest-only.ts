/**
 * Asks one question at a time; of those that come meanwhile only the newest is asked, after it. An answer
 * is taken only while nobody wants another one.
 */
export class LatestRequest<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #take: (answer: Answer) => void;
  /** What is to be asked as soon as the last answer is there. */
  #next: Question | null = null;
  #busy = false;
  #wanted = false;

  constructor(ask: (question: Question) => Promise<Answer>, take: (answer: Answer) => void) {
    this.#ask = ask;
    this.#take = take;
  }

  /** Null: nothing is wanted any more. */
  want(question: Question | null): void {
    this.#next = question;
    this.#wanted = false;
    if (!this.#busy) this.#go();
  }

  #go(): void {
    const question = this.#next;
    if (question === null) return;
    this.#next = null;
    this.#wanted = true;
    this.#busy = true;
    void this.#ask(question).then((answer) => {
      this.#busy = false;
      if (this.#wanted) this.#take(answer);
      this.#go();
    });
  }
}
