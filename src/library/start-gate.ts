import { type Millis, seconds } from '../domain/time.ts';
import { stopped } from './open-repeatedly.ts';

/**
 * Lets a process work on a few starts at once. A thousand at once would keep the event loop so busy that handshakes and
 * requests run into their time limits although they were answered, and all their work is done again.
 */
export class StartGate {
  readonly #longest: Millis;
  readonly #waiting = new Set<() => void>();
  #free: number;

  /** `longest`: a start that takes longer loses its place to the next one. It goes on. */
  constructor(places: number, longest: Millis) {
    this.#free = places;
    this.#longest = longest;
  }

  /**
   * Waits for a place, in the order of the calls. Returns a function that gives it up; later calls of it do nothing.
   * @throws {Fault} `store-unavailable` as soon as the signal aborts
   */
  async enter(signal: AbortSignal | undefined): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    const leave = () => {
      clearTimeout(limit);
      if (isHeld) this.#pass();
      isHeld = false;
    };
    let isHeld = true;
    const limit = setTimeout(leave, this.#longest).unref();
    return leave;
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.delete(enter);
        reject(stopped('waiting for other starts of this process', signal as AbortSignal));
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(enter);
    });
  }

  /** Gives a place to the start that has waited longest. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/**
 * With 8 to 64 places, 1000 starts took the same CPU time; with 256 a third more. Ten processes on one machine started sooner
 * with 16 than with 32. See docs/explanation/benchmarks.md, `join`.
 */
const places = 16;
/** A start takes a fraction of a second, or as long as its server does not answer. */
const longest: Millis = seconds(15);

/** The starts of this process. */
export const startGate = new StartGate(places, longest);
