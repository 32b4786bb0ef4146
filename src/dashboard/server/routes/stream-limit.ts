import { Refusal } from '../http/http-error.ts';
import { type Pace, pace as usual } from './event-stream.ts';

/** How many streams there may be: each is a browser that stays. */
export class Streams {
  readonly pace: Pace;
  readonly #most: number;
  #open = 0;

  constructor(most = 100, pace: Pace = usual) {
    this.#most = most;
    this.pace = pace;
  }

  /** How many there are. */
  get open(): number {
    return this.#open;
  }

  /** @throws {Refusal} `too-busy` */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.#open >= this.#most) {
      throw new Refusal('too-busy', `${this.#most} browsers are looking already`);
    }
    this.#open += 1;
    try {
      await work();
    } finally {
      this.#open -= 1;
    }
  }
}
