import type { MonotonicTime } from '../../../domain/time.ts';

interface Sleeper {
  readonly due: MonotonicTime;
  /** Who lay down before: ties are woken in this order. */
  readonly order: number;
  /** Woken by its signal: it is only taken out when it comes to the top. */
  awake: boolean;
  wake(): void;
}

/** Whoever sleeps, the next to be woken on top: a binary heap, so that a large fleet costs no more each. */
export class TimerHeap {
  readonly #heap: Sleeper[] = [];
  #orders = 0;
  #awake = 0;

  add(due: MonotonicTime, resolve: () => void, signal?: AbortSignal): void {
    const wake = () => {
      if (sleeper.awake) return;
      sleeper.awake = true;
      signal?.removeEventListener('abort', interrupted);
      resolve();
    };
    const interrupted = () => {
      this.#awake += 1;
      wake();
    };
    this.#orders += 1;
    const sleeper: Sleeper = { due, order: this.#orders, awake: false, wake };
    signal?.addEventListener('abort', interrupted);
    this.#push(sleeper);
    if (this.#awake > 100 && this.#awake > this.#heap.length / 2) this.#clear();
  }

  /** When the next is to be woken; infinity where nobody sleeps. */
  get nextDue(): MonotonicTime {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (!top.awake) return top.due;
      this.#pop();
      this.#awake -= 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Wakes the one that `nextDue` is about. */
  wakeNext(): void {
    this.#pop()?.wake();
  }

  /** Most of them were woken before their time: they would stay for as long as they had meant to sleep. */
  #clear(): void {
    const asleep = this.#heap.filter(({ awake }) => !awake);
    this.#heap.length = 0;
    this.#awake = 0;
    for (const sleeper of asleep) this.#push(sleeper);
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || before(parent, sleeper)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = sleeper;
  }

  #pop(): Sleeper | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || last === top) return top;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && before(right, left);
      const child = isRight ? right : left;
      if (!child || before(last, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
    return top;
  }
}

const before = (a: Sleeper, b: Sleeper): boolean =>
  a.due === b.due ? a.order < b.order : a.due < b.due;
