import { HttpError } from '../http/http-error.ts';
import { type StreamTiming, pace as usual } from './event-stream.ts';

/** How many streams there may be: each is a browser that stays. */
export class Streams {
  readonly pace: StreamTiming;
  readonly #most: number;
  #open = 0;

  constructor(most = 100, pace: StreamTiming = usual) {
    this.#most = most;
    this.pace = pace;
  }

  /** How many there are. */
  get open(): number {
    return this.#open;
  }

  /** @throws {HttpError} `too-busy` */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.#open >= this.#most) {
      throw new HttpError('too-busy', `${this.#most} browsers are looking already`);
    }
    this.#open += 1;
    try {
      await work();
    } finally {
      this.#open -= 1;
    }
  }
}
