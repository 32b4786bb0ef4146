import { type Link, LinkDown } from '../../src/adapters/memory/link.ts';
import type { Millis } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Gate } from './gate.ts';

/**
 * What becomes of one request: it never leaves (`unsent`), it is lost on its way (`lost`), it is
 * served and the answer is lost (`unanswered`), it is served long after the client gave up (`late`).
 */
export type Fate = 'fine' | 'unsent' | 'lost' | 'unanswered' | 'late';

export const mishaps = ['unsent', 'lost', 'unanswered', 'late'] as const satisfies readonly Fate[];

const lateBy: Millis = 700;

/** The line of one process to the store, and all that can go wrong with it. */
export class Line implements Link {
  readonly gate: Gate;
  /** Called when it was cut or mended. */
  changed: () => void = () => {};
  /** What becomes of the n-th request, counted from 1. */
  fate: (n: number) => Fate = () => 'fine';
  /** How long a request and its answer are under way. */
  delay: () => Millis = () => 0;
  /** How long the client waits for an answer that does not come. */
  patience: Millis = 0;
  readonly #clock: Clock;
  readonly #served: () => void;
  #requests = 0;
  #down = false;

  constructor(gate: Gate, clock: Clock, served: () => void) {
    this.gate = gate;
    this.#clock = clock;
    this.#served = served;
  }

  /** The line is cut: every request fails, unsent. */
  get down(): boolean {
    return this.#down;
  }

  set down(down: boolean) {
    this.#down = down;
    this.changed();
  }

  /** How many requests were made so far. */
  get requests(): number {
    return this.#requests;
  }

  async carry<T>(serve: () => T): Promise<T> {
    await this.gate.opened();
    if (this.#down) throw new LinkDown('the line is down', false);
    this.#requests += 1;
    const fate = this.fate(this.#requests);
    await this.gate.opened();
    if (fate === 'unsent') throw new LinkDown('not sent', false);
    await this.#underWay();
    if (fate === 'lost' || fate === 'late') {
      if (fate === 'late') void this.#clock.sleep(lateBy).then(() => this.#serve(serve));
      await this.#waitInVain();
      throw new LinkDown('no answer', true);
    }
    const answer = this.#serve(serve);
    if (fate === 'unanswered') {
      await this.#waitInVain();
      throw new LinkDown('no answer', true);
    }
    await this.#underWay();
    await this.gate.opened();
    return answer;
  }

  #serve<T>(serve: () => T): T {
    const answer = serve();
    this.#served();
    return answer;
  }

  async #underWay(): Promise<void> {
    const delay = this.delay();
    if (delay > 0) await this.#clock.sleep(delay);
  }

  async #waitInVain(): Promise<void> {
    if (this.patience > 0) await this.#clock.sleep(this.patience);
    await this.gate.opened();
  }
}
