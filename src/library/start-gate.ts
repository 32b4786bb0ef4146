import { type Millis, seconds } from '../domain/time.ts';
import { stopped } from './open-repeatedly.ts';

/** The place of a start at the gate. */
export interface StartPlace {
  /** Gives the place up. Later calls do nothing. */
  leave(): void;
  /**
   * Lets the next start begin while this one waits for something else. Then it gets a place before starts that have not begun:
   * a fleet that comes back has agents that serve early, instead of a thousand that have only begun. After `leave` it only waits.
   */
  whileWaiting<T>(wait: () => Promise<T>): Promise<T>;
}

/**
 * Lets a process work on a few starts at once. A thousand at once would keep the event loop so busy that handshakes and
 * requests run into their time limits although they were answered, and all their work is done again.
 */
export class StartGate {
  readonly #longest: Millis;
  /** Starts that had a place before; they are first. */
  readonly #returning = new Set<() => void>();
  readonly #waiting = new Set<() => void>();
  #free: number;

  /** `longest`: a start that takes longer loses its place to the next one. It goes on. */
  constructor(places: number, longest: Millis) {
    this.#free = places;
    this.#longest = longest;
  }

  /**
   * Waits for a place, in the order of the calls.
   * @throws {Fault} `store-unavailable` as soon as the signal aborts
   */
  async enter(signal: AbortSignal | undefined): Promise<StartPlace> {
    await this.#turn(this.#waiting, signal);
    let limit: ReturnType<typeof setTimeout> | undefined;
    let isHeld = false;
    let isOver = false;
    const take = () => {
      isHeld = true;
      limit = setTimeout(leave, this.#longest).unref();
    };
    const release = () => {
      clearTimeout(limit);
      if (isHeld) this.#pass();
      isHeld = false;
    };
    const leave = () => {
      isOver = true;
      release();
    };
    take();
    return {
      leave,
      whileWaiting: async (wait) => {
        release();
        try {
          return await wait();
        } finally {
          // A start that is stopped ends by its own signal; it needs no place for it.
          const isBack = !isOver && (await this.#turn(this.#returning, signal).then(yes, no));
          if (isBack && isOver) this.#pass();
          else if (isBack) take();
        }
      },
    };
  }

  async #turn(queue: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        queue.delete(enter);
        reject(stopped('waiting for other starts of this process', signal as AbortSignal));
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      queue.add(enter);
    });
  }

  /** Gives a place to a start that had one before, or else to the one that has waited longest. */
  #pass(): void {
    const queue = this.#returning.size > 0 ? this.#returning : this.#waiting;
    const [next] = queue;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    queue.delete(next);
    next();
  }
}

const yes = () => true;
const no = () => false;

/**
 * With 8 to 64 places, 1000 starts took the same CPU time; with 256 a third more. Ten processes on one machine started sooner
 * with 16 than with 32. See docs/explanation/benchmarks.md, `join`.
 */
const places = 16;
/**
 * A start takes a fraction of a second, some seconds while a whole fleet starts, or as long as its server does not answer. If
 * slow starts lost their places early, a slow store would get more starts at once, and become slower.
 */
const longest: Millis = seconds(60);

/** The starts of this process. */
export const startGate = new StartGate(places, longest);
